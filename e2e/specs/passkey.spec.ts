import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { accessible, expect, fits, press, test } from '../fixtures/test';

const program = process.env.SAMSPOR_BIN ?? '../target/release/samspor';
const folder = process.env.SAMSPOR_SITE ?? '../target/site';

test.skip(({ javaScriptEnabled }) => !javaScriptEnabled, 'passkeys take a script');

let server: ChildProcess;
let site: string;

// Browsers make passkeys for domains only, and the other journeys' site has none.
test.beforeAll(async () => {
  const port = Number(process.env.SAMSPOR_PORT ?? 4317) + 20 + test.info().workerIndex;
  site = `http://localhost:${port}`;
  server = spawn(program, ['serve', '--listen', `127.0.0.1:${port}`, '--address', site, '--site', folder], {
    stdio: 'ignore',
  });
  await expect
    .poll(async () => (await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined))?.ok, { timeout: 60_000 })
    .toBe(true);
});

test.afterAll(() => {
  server?.kill();
});

test('whoever came in by a letter adds a passkey, signs in by it and removes it', async ({ page }) => {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  const slug = `nokkel-${Date.now().toString(36)}-${test.info().workerIndex}`;
  execFileSync(program, ['tenant', 'create', slug, '--name', 'Ytre Fjordane', '--language', 'nb']);
  const link = execFileSync(
    program,
    ['tenant', 'administrator', slug, '--name', 'Ragnhild Nes', '--email', `${slug}@region.example`, '--address', site],
    { encoding: 'utf8' },
  ).trim();
  await page.goto(link);
  await press(page, 'Ta imot invitasjonen');
  await expect(page).toHaveURL(`${site}/${slug}`);

  await page.goto(`${site}/account`);
  await page.getByRole('button', { name: 'Legg til passnøkkel' }).click();
  await expect(page.getByText(/ikke brukt ennå/)).toBeVisible();
  await accessible(page);
  await fits(page);
  await page.screenshot({ path: test.info().outputPath('account.png'), fullPage: true });
  await page.getByRole('button', { name: 'Logg ut', exact: true }).click();

  await page.goto(`${site}/sign-in`);
  await expect(page.getByRole('button', { name: 'Logg inn med passnøkkel' })).toBeVisible();
  await accessible(page);
  await fits(page);
  await page.screenshot({ path: test.info().outputPath('sign-in.png'), fullPage: true });
  await page.getByRole('button', { name: 'Logg inn med passnøkkel' }).click();
  await expect(page).toHaveURL(`${site}/${slug}`);

  await page.goto(`${site}/account`);
  await expect(page.getByText(/logget inn med passnøkkel/)).toBeVisible();
  await page.getByRole('button', { name: /^Fjern: / }).click();
  await expect(page.getByRole('button', { name: /^Fjern: / })).toHaveCount(0);

  await page.goto(`${site}/sign-in`);
  await page.getByRole('button', { name: 'Logg inn med passnøkkel' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Passnøkkelen virket ikke' })).toBeVisible();
  await accessible(page);
  await fits(page);
});
