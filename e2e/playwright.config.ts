import { defineConfig, devices } from '@playwright/test';

const port = Number(process.env.SAMSPOR_PORT ?? 4317);
const site = `http://127.0.0.1:${port}`;
const sink = port + 1;
const provider = port + 3;
const program = process.env.SAMSPOR_BIN ?? '../target/release/samspor';
const folder = process.env.SAMSPOR_SITE ?? '../target/site';

const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
const desk = { viewport: { width: 1280, height: 900 } };

export default defineConfig({
  testDir: 'specs',
  outputDir: 'test-results',
  forbidOnly: !!process.env.CI,
  workers: 2,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  // One region's people meet in many tests at once; each test plans meetings of its own.
  fullyParallel: true,
  use: {
    ...devices['Desktop Chrome'],
    baseURL: site,
    locale: 'nb-NO',
    timezoneId: 'Europe/Oslo',
    reducedMotion: 'reduce',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.SAMSPOR_CHROMIUM,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
      ],
    },
  },
  projects: [
    { name: 'phone', use: phone },
    { name: 'desk', use: desk },
    { name: 'no-script', use: { ...phone, javaScriptEnabled: false }, testIgnore: '**/*.hydrate.spec.ts' },
  ],
  webServer: [
    {
      command: `node fixtures/mail-sink.mjs ${sink}`,
      url: `http://127.0.0.1:${sink + 1}`,
      reuseExistingServer: !process.env.CI,
    },
    {
      command: `node fixtures/provider.mjs ${provider} ${site}`,
      url: `http://localhost:${provider}/.well-known/openid-configuration`,
      reuseExistingServer: !process.env.CI,
    },
    {
      command: `${program} serve --listen 127.0.0.1:${port} --site ${folder}`,
      env: { SAMSPOR_SMTP_URL: `smtp://127.0.0.1:${sink}` },
      url: `${site}/health`,
      stdout: 'pipe',
      reuseExistingServer: !process.env.CI,
      timeout: 60_000,
    },
  ],
});
