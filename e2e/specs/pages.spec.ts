import { accessible, enter, expect, fits, test } from '../fixtures/test.js';

const places = [
  ['I dag', ''],
  ['Nettverk', '/networks'],
  ['Oppdrag', '/commitments'],
  ['Historie', '/history'],
] as const;

test('the doors say why they are open', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByText('på din egen maskin')).toBeVisible();
  await expect(page.getByRole('heading', { name: /Nordmøre/ })).toBeVisible();
  await expect(page.getByRole('heading', { name: /Jæren/ })).toBeVisible();
  await accessible(page);
  await fits(page);
});

test('the four places are one tap away, readable and accessible', async ({ page }) => {
  await enter(page, /Rektornettverk Surnadal/);
  for (const [name, path] of places) {
    const place = page.getByRole('navigation').getByRole('link', { name, exact: true }).filter({ visible: true });
    await place.first().click();
    await expect(page).toHaveURL(new RegExp(`/nordmore${path}$`));
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await accessible(page);
    await fits(page);
  }
});

test('a page that is not there says so', async ({ page }) => {
  await enter(page, /Rektornettverk Surnadal/);
  const missing = await page.goto('/nordmore/meetings/01890000-0000-7000-8000-000000000001');
  expect(missing?.status()).toBe(404);
  await expect(page.getByRole('heading', { name: 'Fant ikke siden' })).toBeVisible();
  const foreign = await page.goto('/jaeren/networks');
  expect(foreign?.status()).toBe(401);
  await accessible(page);
});

test('nynorsk is nynorsk, and the choice of language stays', async ({ page }) => {
  await enter(page, /Nettverksleiar/);
  await expect(page.locator('html')).toHaveAttribute('lang', 'nn');
});
