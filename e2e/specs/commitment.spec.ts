import { accessible, ahead, Counted, enter, expect, fits, press, taken, test, unfold } from '../fixtures/test.js';
import type { Browser, Page } from '@playwright/test';

const NETWORK = /Rektornettverk Sunndal/;
const PRINCIPAL = /Rektor i Sunndal/;
/** What anybody should need for a commitment or a report, on a phone. */
const TAPS_MAX = 4;

/** Somebody else calls a meeting of the principal's network and opens it. */
async function goingOn(browser: Browser, theme: string): Promise<void> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await enter(page, /administrerer regionen/);
  await page.goto('/nordmore/networks');
  await page.getByRole('main').getByRole('link', { name: NETWORK }).last().click();
  await page.getByRole('link', { name: /Planlegg et møte/ }).filter({ visible: true }).first().click();
  await taken(page);
  await page.getByLabel('Dato').fill(ahead(15));
  await page.getByLabel('Klokkeslett').fill('12:00');
  await page.getByLabel('Tema').fill(theme);
  await press(page, 'Planlegg møtet');
  await expect(page.getByRole('heading', { level: 1, name: theme })).toBeVisible();
  await taken(page);
  await unfold(page, 'Under');
  await press(page, 'Åpne møtet');
  await expect(page.getByText(/til stede · /).first()).toBeVisible();
  await context.close();
}

/** From Today to a saved commitment of one's own organisation. */
async function commit(page: Page, taps: Counted, theme: string, text: string): Promise<void> {
  const now = page.locator('section.now', { hasText: theme });
  await taps.on(now.getByRole('link', { name: 'Gå til møtet' }));
  await expect(page.getByRole('heading', { level: 1, name: theme })).toBeVisible();
  await taken(page);
  await taps.on(page.getByLabel('Hva gjør dere til neste møte?').filter({ visible: true }));
  await taps.write(text);
  await taps.on(page.locator('form.m-commit', { hasText: 'Hva gjør dere' }).getByRole('button', { name: 'Lagre oppdraget' }));
  await expect(page.getByText('Dere har sagt hva dere gjør:')).toBeVisible();
  await expect(page.getByRole('blockquote').or(page.locator('blockquote')).getByText(text)).toBeVisible();
}

test('a principal makes and reports a commitment from today', async ({ page, browser }) => {
  const run = `${test.info().project.name} ${Date.now()}`;
  const theme = `Læringsmiljø, ${run}`;
  const text = `Vi prøver kollegaveiledning på 6. trinn (${run}).`;
  await goingOn(browser, theme);

  await enter(page, PRINCIPAL);
  await expect(page.locator('section.now', { hasText: theme })).toBeVisible();
  await accessible(page);
  await fits(page);
  const made = new Counted(page);
  await commit(page, made, theme, text);
  expect(made.taps).toBeLessThanOrEqual(TAPS_MAX);
  await accessible(page);
  await fits(page);

  // Before next time: how did it go, and what was learned.
  await page.goto('/nordmore');
  await taken(page);
  const open = page.locator('article.commitment', { hasText: text });
  const told = new Counted(page);
  await told.on(open.getByLabel('Delvis', { exact: true }));
  await told.on(open.getByLabel('Hva lærte dere?'));
  await told.write('Det var lettere med faste par.');
  await told.on(open.getByRole('button', { name: 'Fortell' }));
  await expect(page.locator('article.commitment.is-open', { hasText: text })).toHaveCount(0);
  expect(told.taps).toBeLessThanOrEqual(TAPS_MAX);

  // It stands among the organisation's commitments, with how it went, and on a page of its own.
  await page.goto('/nordmore/commitments');
  const row = page.locator('li.commitment', { hasText: text });
  await expect(row.getByText('Delvis', { exact: true })).toBeVisible();
  await expect(row.getByText('Lærte: Det var lettere med faste par.')).toBeVisible();
  await row.getByRole('link', { name: text }).click();
  await expect(page.getByRole('heading', { level: 1, name: /^Oppdrag for/ })).toBeVisible();
  await expect(page.getByText('Lærte: Det var lettere med faste par.').first()).toBeVisible();
  await taken(page);
  await accessible(page);
  await fits(page);
});

test("a principal makes and reports the school's commitment from the list of commitments", async ({ page, browser }) => {
  const run = `${test.info().project.name} ${Date.now()}`;
  const theme = `Språk og skriving, ${run}`;
  const text = `Vi skriver sammen hver fredag (${run}).`;
  await goingOn(browser, theme);

  await enter(page, PRINCIPAL);
  await page.goto('/nordmore/commitments');
  await taken(page);
  const made = new Counted(page);
  const place = page.getByRole('navigation').getByRole('link', { name: 'I dag', exact: true });
  await made.on(place.filter({ visible: true }).first());
  await commit(page, made, theme, text);
  expect(made.taps).toBeLessThanOrEqual(TAPS_MAX);

  await page.goto('/nordmore/commitments');
  await taken(page);
  const open = page.locator('article.commitment', { hasText: text });
  const told = new Counted(page);
  await told.on(open.getByLabel('Gjort', { exact: true }));
  await told.on(open.getByRole('button', { name: 'Fortell' }));
  const row = page.locator('li.commitment', { hasText: text });
  await expect(row.getByText('Gjort')).toBeVisible();
  expect(told.taps).toBeLessThanOrEqual(TAPS_MAX);
  await accessible(page);
  await fits(page);
});
