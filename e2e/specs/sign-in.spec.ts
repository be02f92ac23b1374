import { execFileSync } from 'node:child_process';
import { links } from '../fixtures/mail';
import { accessible, expect, fits, press, test } from '../fixtures/test';

/** Runs the program on the database of the journeys. */
function samspor(...words: string[]): string {
  const program = process.env.SAMSPOR_BIN ?? '../target/release/samspor';
  return execFileSync(program, words, { encoding: 'utf8' }).trim();
}

test('the first administrator of a new region comes in by invitation, and again by a link', async ({ page, browser, baseURL }) => {
  const slug = `ny-${Date.now().toString(36)}-${test.info().workerIndex}`;
  const address = `${slug}@region.example`;
  samspor('tenant', 'create', slug, '--name', 'Ytre Fjordane', '--language', 'nn');
  const printed = samspor(
    ...['tenant', 'administrator', slug, '--name', 'Ragnhild Nes', '--email', address, '--address', baseURL!],
  );
  const [sent] = await links(address, 1);
  expect(sent, 'the letter holds the printed link').toBe(printed);

  await page.goto(sent!);
  await expect(page.getByRole('heading', { level: 1, name: 'Du er invitert' })).toBeVisible();
  await expect(page.getByText('Ytre Fjordane inviterer deg til å vere med som Ragnhild Nes')).toBeVisible();
  await accessible(page);
  await fits(page);
  await press(page, 'Ta imot invitasjonen');
  await expect(page).toHaveURL(new RegExp(`/${slug}$`));
  await expect(page.getByRole('banner').getByText('Ytre Fjordane')).toBeVisible();

  await expect(page.locator('html'), 'the region is read in its own language').toHaveAttribute('lang', 'nn');

  await page.goto('/account');
  await expect(page.getByRole('link', { name: 'Ytre Fjordane', exact: true })).toBeVisible();
  await accessible(page);
  await fits(page);
  await press(page, /^Logg ut( overalt)?$/);
  await page.goto(`/${slug}`);
  await page.locator('main').getByRole('link', { name: /Logg inn/ }).click();

  await expect(page.getByRole('heading', { level: 1, name: 'Logg inn' })).toBeVisible();
  await accessible(page);
  await fits(page);
  await page.getByLabel('E-postadresse').fill('ikkje ei adresse');
  await press(page, /Send meg/);
  await expect(page.getByText(/ingen e-postadresse|inga e-postadresse/)).toBeVisible();
  await page.getByLabel('E-postadresse').fill(address);
  await press(page, /Send meg/);
  await expect(page.getByRole('heading', { level: 1, name: /innboksen/ })).toBeVisible();
  await accessible(page);
  const link = (await links(address, 2))[1]!;

  const elsewhere = await browser.newPage();
  await elsewhere.goto(link);
  await expect(elsewhere.getByText(/annen nettleser|annan nettlesar/)).toBeVisible();
  await elsewhere.close();

  await page.goto(link);
  await press(page, /Logg inn n/);
  await expect(page).toHaveURL(new RegExp(`/${slug}$`));
  await page.goto(link);
  await expect(page.getByRole('heading', { level: 1, name: /Lenk/ })).toBeVisible();

  // The administrator invites a colleague, who comes in by herself.
  await page.goto(`/${slug}`);
  await page.getByRole('link', { name: /Folk og invitasjon/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Folk i Ytre Fjordane' })).toBeVisible();
  await accessible(page);
  await fits(page);
  const colleague = `kollega-${address}`;
  await page.getByLabel(/^Na[mv]n$/).fill('Eirik Myklebust');
  await page.getByLabel('E-postadresse', { exact: true }).fill(colleague);
  await page.locator('main form').first().getByRole('button', { name: 'Send invitasjon' }).click();
  await expect(page.getByText('Eirik Myklebust er invitert')).toBeVisible();
  const other = await browser.newPage();
  await other.goto((await links(colleague, 1))[0]!);
  await other.getByRole('button', { name: 'Ta imot invitasjonen' }).click();
  await expect(other).toHaveURL(new RegExp(`/${slug}$`));
  await other.close();
});
