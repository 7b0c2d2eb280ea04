/** Where the dashboard is mounted, and the nonce of this response: both written into the page by the server. */

function meta(selector: string): HTMLMetaElement | null {
  return document.querySelector<HTMLMetaElement>(selector);
}

/** The path of the dashboard, with one slash at its end: `/dashboard/` or `/any/prefix/dashboard/`. */
export const BASE_PATH: string = pathOf(meta('meta[name="sojourn-base"]')?.content ?? "/");

/** The nonce that styles made by scripts carry (R-HDR-01). */
export const NONCE: string = meta('meta[property="csp-nonce"]')?.nonce ?? "";

export function pathOf(address: string): string {
  const path = new URL(address, window.location.origin).pathname;
  return path.endsWith("/") ? path : `${path}/`;
}

/** The address of the console's sign-in page, which sends the person back here. */
export function signInAddress(back: string): string {
  return `${BASE_PATH}sign-in?redirect_url=${encodeURIComponent(back)}`;
}
