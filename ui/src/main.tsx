import { render } from "preact";
import { App } from "./app.tsx";
import { start } from "./state/start.ts";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/sidebar.css";
import "./styles/conversation.css";
import "./styles/prose.css";
import "./styles/composer.css";
import "./styles/sheets.css";
import "./styles/connect.css";
import "./styles/channels.css";
import "./styles/state.css";

const root = document.getElementById("app");
if (root) render(<App />, root);
void start();
