import { accessible, enter, expect, fits, test } from '../fixtures/test.js';

test('a member looks at a network as it was in 2018', async ({ page }) => {
  await enter(page, /Oppvekstfaglig ansvarlig/);
  await page.goto('/nordmore/networks');
  const then = page.goto('/nordmore/networks?dato=2018-06-01');
  await then;
  await expect(page.getByText(/Du ser siden slik den var/)).toBeVisible();
  await page.getByRole('main').getByRole('link', { name: /Styringsgruppe/ }).last().click();
  await expect(page.getByText(/Du ser siden slik den var/)).toBeVisible();
  await expect(page).toHaveURL(/dato=2018-06-01/);
  const members = async () => (await page.getByRole('main').innerText()).replace(/\s+/g, ' ');
  const old = await members();
  await accessible(page);
  await fits(page);
  await page.getByRole('link', { name: 'Tilbake til i dag' }).click();
  await expect(page.getByText(/Du ser siden slik den var/)).toHaveCount(0);
  expect(await members()).not.toBe(old);
});

test('the river has a table, and a day can be asked for without script', async ({ page }) => {
  await enter(page, /Evalueringsnettverket/);
  await page.goto('/nordmore/history');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.getByText('Vis som tabell').first().click();
  await expect(page.getByRole('table').first()).toBeVisible();
  await page.goto('/nordmore/history?dato=2018-06-01');
  await expect(page.getByText(/Du ser siden slik den var|2018/).first()).toBeVisible();
  await accessible(page);
  await fits(page);
});
