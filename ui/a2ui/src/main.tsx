import { render } from "preact";
import { Frame } from "./host/frame.ts";
import { offer } from "./host/globals.ts";
import { Native } from "./host/native.ts";
import { Session } from "./session.ts";
import "../../src/styles/tokens.css";
import "./styles/page.css";
import "./styles/parts.css";
import "./styles/inputs.css";
import { Page } from "./view/page.tsx";

const session = new Session();
session.listen(new Native(window));
session.listen(new Frame(window, session));
offer(window, session);

const place = document.getElementById("a2ui");
if (place) render(<Page session={session} />, place);
session.begin();
