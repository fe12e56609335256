/** The only address this client ever dials: the origin that served the page. */
export function ownOriginSocketUrl(origin: string): string {
  const url = new URL(origin);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.pathname = "/";
  url.search = "";
  url.hash = "";
  return url.toString();
}

interface AddressBar {
  readonly hash: string;
  readonly pathname: string;
  readonly search: string;
}

/**
 * Reads the one-time code from the fragment and wipes query and fragment from the address bar,
 * so that neither stays in the history. Nothing else in the URL is ever looked at.
 */
export function takeOneTimeCode(
  bar: AddressBar,
  replaceUrl: (url: string) => void,
): string | undefined {
  const match = /^#code=([A-Za-z0-9._~-]{1,256})$/.exec(bar.hash);
  if (bar.hash !== "" || bar.search !== "") replaceUrl(bar.pathname);
  return match?.[1];
}
