import { enter, expect, taken, test, unfold } from '../fixtures/test.js';

test('two browsers in one meeting see each other', async ({ page, browser }) => {
  test.setTimeout(120_000);
  await enter(page, /Rektornettverk Surnadal/);
  await page.goto('/nordmore/networks');
  await page.getByRole('main').getByRole('link', { name: /Rektornettverk Surnadal/ }).last().click();
  await page.getByRole('link', { name: /Planlegg et møte/ }).filter({ visible: true }).first().click();
  await taken(page);
  await page.getByLabel('Dato').fill(new Date(Date.now() + 25 * 86_400_000).toISOString().slice(0, 10));
  await page.getByLabel('Klokkeslett').fill('10:00');
  await page.getByLabel('Tema').fill(`To telefoner, ${test.info().project.name}`);
  await page.getByRole('button', { name: 'Planlegg møtet' }).click();
  await expect(page.getByRole('heading', { level: 1, name: /To telefoner/ })).toBeVisible();
  await unfold(page, 'Under');
  await page.getByRole('button', { name: 'Åpne møtet' }).click();
  await expect(page.getByText(/til stede · /).first()).toBeVisible();

  const other = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const beside = await other.newPage();
  await enter(beside, /administrerer regionen/);
  await beside.goto(page.url());
  await taken(beside);
  await expect(beside.getByText(/til stede · /).first()).toBeVisible();

  // What the other is typing stays while the page follows along.
  await page.getByRole('button', { name: /^Start «/ }).first().click();
  await expect(beside.getByText('Nå', { exact: true })).toBeVisible({ timeout: 15_000 });
  await other.close();
});
