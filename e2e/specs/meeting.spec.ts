import { accessible, ahead, enter, expect, fits, press, taken, test, unfold } from '../fixtures/test.js';
import type { Page } from '@playwright/test';

/** Plans a meeting in the leader's own network and stays on its page. */
async function plan(page: Page, theme: string): Promise<void> {
  await page.goto('/nordmore/networks');
  await page.getByRole('main').getByRole('link', { name: /Rektornettverk Surnadal/ }).last().click();
  await page.getByRole('link', { name: /Planlegg et møte/ }).filter({ visible: true }).first().click();
  await taken(page);
  await page.getByLabel('Dato').fill(ahead(20));
  await page.getByLabel('Klokkeslett').fill('09:00');
  await page.getByLabel('Tema').fill(theme);
  await press(page, 'Planlegg møtet');
  await expect(page.getByRole('heading', { level: 1, name: theme })).toBeVisible();
  await taken(page);
}

test('a leader takes a meeting from notice to published minutes', async ({ page }) => {
  test.setTimeout(180_000);
  await enter(page, /Rektornettverk Surnadal/);
  const theme = `Kollegaveiledning i praksis, ${test.info().project.name}`;
  await plan(page, theme);

  // Before: the agenda comes from the template; the notice goes out in good time.
  await press(page, 'Send innkalling');
  await expect(page.getByText(/Innkallingen gikk ut/)).toBeVisible();
  await accessible(page);

  // During.
  await unfold(page, 'Under');
  await press(page, 'Åpne møtet');
  await expect(page.getByText('Møtet pågår').or(page.getByText(/Frammøte/)).first()).toBeVisible();
  await unfold(page, /til stede · /);
  await press(page, 'Til stede');
  await expect(page.getByText(/1 til stede · /)).toBeVisible();
  await press(page, /^Start «/);
  await expect(page.getByText('Nå', { exact: true })).toBeVisible();

  // Closing is refused while something is missing, in plain words.
  await press(page, 'Avslutt møtet');
  await expect(page.getByText('Neste møte er ikke avtalt').first()).toBeVisible();
  await expect(page.getByText('Evalueringen er ikke startet').first()).toBeVisible();
  await accessible(page);
  await fits(page);

  // Each organisation says what it does, or why not.
  const silent = page.locator('[data-silent="true"]');
  const own = page.getByLabel('Hva gjør dere til neste møte?').filter({ visible: true });
  if (await own.count()) {
    await own.first().fill('Vi prøver kollegaveiledning i to team og deler det vi ser.');
    await press(page, 'Lagre oppdraget');
    await expect(
      page.getByText('Vi prøver kollegaveiledning i to team og deler det vi ser.').filter({ visible: true }).first(),
    ).toBeVisible();
  }
  for (let left = await silent.count(); left > 0; left -= 1) {
    const row = silent.first();
    await row.locator('summary', { hasText: /^Skriv for/ }).click();
    await row.getByLabel(/til neste møte\?/).fill(`Vi observerer hverandre to ganger (${left}).`);
    await row.getByRole('button', { name: 'Lagre oppdraget' }).click();
    await expect(silent).toHaveCount(left - 1);
  }

  // The contract for next time is filled in from the rotation; the evaluation changes the next agenda.
  await page.getByLabel('Tema').filter({ visible: true }).last().fill('Slik gikk det med veiledningen');
  await press(page, 'Lagre avtalen');
  await press(page, 'Start evalueringen');
  await unfold(page, 'Avtal en endring');
  await page.getByLabel('Hva, og hvorfor?').fill('Mer tid til dialog, det var der vi lærte mest.');
  await press(page, 'Lagre endringen');
  await expect(
    page.getByText('Mer tid til dialog, det var der vi lærte mest.').filter({ visible: true }).first(),
  ).toBeVisible();
  await page.getByLabel('Ord til referatet').filter({ visible: true }).fill('Et møte med høyt under taket.');
  await press(page, 'Lagre referatet');
  await expect(page.getByText('Alt er på plass. Møtet kan avsluttes.')).toBeVisible();
  await press(page, 'Avslutt møtet');

  // After.
  await expect(page.getByRole('button', { name: 'Publiser referatet' })).toBeVisible();
  await accessible(page);
  await press(page, 'Publiser referatet');
  await expect(page.getByText('Referatet er publisert og kan ikke skrives om.')).toBeVisible();
  await expect(page.getByText('Et møte med høyt under taket.')).toBeVisible();
  await accessible(page);
  await fits(page);

  // All of it stands at the end of the network's history, told in sentences that open to the event.
  await page.goto('/nordmore/networks');
  await page.getByRole('main').getByRole('link', { name: /Rektornettverk Surnadal/ }).last().click();
  await expect(page).toHaveURL(/\/networks\//);
  await page.goto(new URL(page.url()).pathname.replace('/networks/', '/history/'));
  const story = page.locator('#story');
  for (const step of [
    'Rektornettverk Surnadal sendte ut referatet.',
    'Rektornettverk Surnadal holdt møte.',
    `«${theme}»`,
    'Vi observerer hverandre to ganger',
    'Mer tid til dialog, det var der vi lærte mest.',
  ]) {
    await expect(story.getByText(step).first()).toBeVisible();
  }
  const line = story.locator('details', { hasText: 'sendte ut referatet.' }).first();
  await line.locator('summary').click();
  await expect(line.getByText(/kl\. \d\d\.\d\d/).first()).toBeVisible();
  await taken(page);
  await accessible(page);
});

test('a refused form keeps what was typed and says why beside its field', async ({ page }) => {
  await enter(page, /Rektornettverk Surnadal/);
  await plan(page, `Flytting, ${test.info().project.name}`);
  await unfold(page, 'Flytt eller avlys møtet');
  const day = ahead(-30);
  await page.getByLabel('Ny dato').fill(day);
  await page.getByLabel('Hvorfor?').filter({ visible: true }).first().fill('Flere er på kurs den dagen.');
  await press(page, 'Flytt møtet');
  await taken(page);
  await expect(page.getByText('Dagen er passert. Velg i dag eller en senere dag.').first()).toBeVisible();
  await expect(page.getByLabel('Hvorfor?').filter({ visible: true }).first()).toHaveValue('Flere er på kurs den dagen.');
});
