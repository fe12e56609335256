import { strings } from "../strings.ts";
import { ConnectionBanner } from "./connection-badge.tsx";
import { Logo } from "./icons.tsx";

/** While the gateway is first sought. */
export function Splash() {
  return (
    <main class="splash" id="main">
      <Logo size={64} />
      <h1>{strings.product}</h1>
      <p class="lead" role="status">{strings.connect.starting}</p>
      <ConnectionBanner />
    </main>
  );
}
