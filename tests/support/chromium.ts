import { type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** `--no-sandbox`: test machines often run as root, where Chromium has no sandbox; it opens pages of this test alone. */
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'];

/** A name that somebody else has made lead to this machine. */
export const FOREIGN_NAME = 'elsewhere.example';

/** A real browser without a window, driven from the test. */
export async function openChromium(program: string) {
  const browser = await chromium.launch({
    executablePath: program,
    args: [
      ...FLAGS,
      '--disable-background-networking',
      '--disable-component-update',
      `--host-resolver-rules=MAP ${FOREIGN_NAME} 127.0.0.1`,
    ],
  });
  return {
    /** A page with cookies, history and settings of its own. */
    open: async (options: BrowserContextOptions = {}): Promise<Page> => {
      const context = await browser.newContext(options);
      context.setDefaultTimeout(30_000);
      return context.newPage();
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}
