// Generated from the Rust catalog by `cargo xtask codegen`. Do not edit.

export const PROTOCOL_MIN = 3;
export const PROTOCOL_MAX = 4;

/** One account in brief. */
export interface AccountBrief {
  /** The network. */
  channel: string;
  /** The account. */
  accountId: string;
  /** The word of the state. */
  state: ChannelState;
  /** Why it is in it, if something is wrong. */
  stateReason?: string;
  /** Since when, in Unix milliseconds. */
  stateSinceMs: number;
  /** When the next try is, in Unix milliseconds. */
  nextTryAtMs?: number;
  /** Whether the gateway is not ready without it. */
  required: boolean;
  /** Parts in the outbox that wait or are on their way. */
  open: number;
  /** Parts that were given up. */
  dead: number;
}

/** An account in the summary. */
export interface AccountHealth {
  /** The account. */
  accountId: string;
  /** Whether there is a credential. */
  configured: boolean;
  /** Whether the network knows us by it, as far as we saw. */
  linked: boolean;
  /** The word of its state. */
  state: ChannelState;
  /** Time since the network last took the credential, in milliseconds. */
  authAgeMs?: number;
  /** What the network said when it was asked last. */
  probe?: ChannelProbe;
  /** When that was, in Unix milliseconds. */
  lastProbeAt?: number;
}

/** The run at work in a session. */
export interface ActiveRun {
  /** The run. */
  runId: string;
  /** The answer so far. */
  text: string;
  /** The thinking so far. */
  thinking?: string;
}

/** First answer of `agent`. */
export interface AgentAccepted {
  /** The run. */
  runId: string;
  /** Always `accepted`. */
  status: string;
  /** When it was stored, in Unix milliseconds. */
  acceptedAt: number;
}

/** One update of a run. */
export interface AgentEvent {
  /** The run. */
  runId: string;
  /** Counts from 1 in each run. */
  seq: number;
  /** What kind of update. */
  stream: AgentStream;
  /** When, in Unix milliseconds. */
  ts: number;
  /** The update. */
  data: AgentEventData;
  /** The session as the caller named it. */
  sessionKey?: string;
}

/** An update; which fields are there depends on the stream. */
export interface AgentEventData {
  /** Lifecycle: `start`, `end` or `error`. Tool: `start`, `update` or `result`. */
  phase?: string;
  /** Lifecycle: when the run began. */
  startedAt?: number;
  /** Lifecycle: when the run ended. */
  endedAt?: number;
  /** Lifecycle: whether the run was aborted. */
  aborted?: boolean;
  /** Lifecycle: why the run failed. */
  error?: string;
  /** Assistant and thinking: the whole text so far. */
  text?: string;
  /** Assistant and thinking: what is new. */
  delta?: string;
  /** Tool: its name. */
  name?: string;
  /** Tool: the id of the call. */
  toolCallId?: string;
  /** Tool, start: the arguments. */
  args?: unknown;
  /** Tool, update: what it has so far, in words. */
  partialResult?: string;
  /** Tool, result: whether it went wrong. */
  isError?: boolean;
  /** Tool, result: what it brought. */
  result?: AgentToolResult;
}

/** Final answer of `agent`. */
export interface AgentFinal {
  /** The run. */
  runId: string;
  /** `ok` or `error`; a repeat of an aborted run says `aborted`, one still at work `accepted`. */
  status: string;
  /** One line. */
  summary?: string;
  /** When it was stored; only with status `accepted`. */
  acceptedAt?: number;
  /** The answer. */
  result?: AgentResult;
}

/** State of one agent. */
export interface AgentHealth {
  /** Its id. */
  agentId: string;
  /** Its name. */
  name?: string;
  /** Whether it answers by default. */
  isDefault: boolean;
  /** Its heartbeat. */
  heartbeat: HeartbeatSetting;
  /** Its sessions. */
  sessions: SessionsHealth;
}

/** How an agent is shown. */
export interface AgentIdentity {
  /** Its name. */
  name?: string;
  /** Its theme. */
  theme?: string;
  /** Its emoji. */
  emoji?: string;
  /** A letter, an emoji or a path. */
  avatar?: string;
}

/** Params of `agent.identity.get`. */
export interface AgentIdentityParams {
  /** Which agent. */
  agentId?: string;
  /** A session of the agent; wins over `agentId` and must match it. */
  sessionKey?: string;
}

/** How an agent is shown. */
export interface AgentIdentityResult {
  /** The agent. */
  agentId: string;
  /** Its name; `Assistant` if none is configured. */
  name: string;
  /** A letter, an emoji or the path of a picture. */
  avatar: string;
}

/** Session, model and usage of a run. */
export interface AgentMeta {
  /** The session's id. */
  sessionId: string;
  /** Provider name. */
  provider: string;
  /** Model id. */
  model: string;
  /** Tokens. */
  usage: RunUsage;
}

/** The model of an agent. */
export interface AgentModel {
  /** `provider/model`. */
  primary: string;
}

/** Params of `agent`. */
export interface AgentParams {
  /** What to tell the agent. */
  message: string;
  /** Same key and params: same run. */
  idempotencyKey: string;
  /** Which agent. */
  agentId?: string;
  /**
   * With `deliver`, where the answer goes: a conversation on the channel. It chooses no session:
   * direct peers share the main one.
   */
  to?: string;
  /** The same; wins over `to`. */
  replyTo?: string;
  /** A session by its id. */
  sessionId?: string;
  /** A session by its key. */
  sessionKey?: string;
  /** Thinking level of this run. */
  thinking?: string;
  /**
   * Whether to send the answer to a chat network too: to `to` on `channel`, or to where the
   * session was last spoken to from.
   */
  deliver?: boolean;
  /** Pictures; refused until a runner takes them. */
  attachments?: unknown[];
  /** The channel of `to`; `last` or none is the session's last one, `webchat` none. */
  channel?: string;
  /** The same; wins over `channel`. */
  replyChannel?: string;
  /** The account on the channel. */
  accountId?: string;
  /** The same; wins over `accountId`. */
  replyAccountId?: string;
  /** The thread of `to`. */
  threadId?: string;
  /** The group. */
  groupId?: string;
  /** The group's channel. */
  groupChannel?: string;
  /** The group's space. */
  groupSpace?: string;
  /** Deadline of the run in seconds; 0 is the default. */
  timeout?: number;
  /** The lane; accepted and not used, since each session is its own lane. */
  lane?: string;
  /** Words added to the system prompt of this run. */
  extraSystemPrompt?: string;
  /** A name for the session. */
  label?: string;
  /** The session that asked for this one. */
  spawnedBy?: string;
}

/** One message of the agent. */
export interface AgentReply {
  /** The text. */
  text: string;
  /** A picture or file. */
  mediaUrl: string | null;
}

/** The answer of a run. */
export interface AgentResult {
  /** What the agent said. */
  payloads: AgentReply[];
  /** About the run. */
  meta: AgentResultMeta;
  /** What became of the delivery; only if one was asked for. */
  deliveryStatus?: DeliveryStatus;
}

/** About a run. */
export interface AgentResultMeta {
  /** From start to end, in milliseconds. */
  durationMs: number;
  /** Session, model and usage. */
  agentMeta: AgentMeta;
  /** Whether it was aborted. */
  aborted: boolean;
}

/** One agent. */
export interface AgentRow {
  /** Its id. */
  id: string;
  /** Its name. */
  name?: string;
  /** How it is shown. */
  identity?: AgentIdentity;
  /** What answers for it. */
  model: AgentModel;
}

/** Kinds of updates. */
export type AgentStream =
  /** The run started, ended or failed. */
  | "lifecycle"
  /** The answer grew. */
  | "assistant"
  /** The thinking grew. */
  | "thinking"
  /**
   * A tool was called, has something, or brought its result. Only for connections with the cap
   * `tool-events`, and for all while the session is verbose.
   */
  | "tool"
  | (string & {});

/** What a tool brought. */
export interface AgentToolResult {
  /**
   * Parts: `{type: "text", text}` or `{type: "image", mimeType}`; pictures are without their
   * bytes here.
   */
  content: unknown[];
  /** Facts beside it, for example an exit code. */
  details?: unknown;
}

/** Params of `agent.wait`. */
export interface AgentWaitParams {
  /** The run. */
  runId: string;
  /** How long to wait, in milliseconds; 30 000 if absent. */
  timeoutMs?: number;
}

/** Answer of `agent.wait`. */
export interface AgentWaitResult {
  /** The run. */
  runId: string;
  /** `ok`, `error` or `timeout`. */
  status: string;
  /** When it began, in Unix milliseconds. */
  startedAt?: number;
  /** When it ended, in Unix milliseconds. */
  endedAt?: number;
  /** Why it failed. */
  error?: string;
}

/** Answer of `agents.list`. */
export interface AgentsListResult {
  /** The agent that answers by default. */
  defaultId: string;
  /** The alias of the main session. */
  mainKey: string;
  /** `per-sender`. */
  scope: string;
  /** The default agent first. */
  agents: AgentRow[];
}

/** Params of `browser.proxy`: one request to the browser service of the node. */
export interface BrowserProxyParams {
  /** `GET`, `POST` or `DELETE`; `GET` if absent. */
  method?: string;
  /** The path of the service. */
  path: string;
  /** Words of the query. */
  query?: Record<string, unknown>;
  /** What is sent. */
  body?: unknown;
  /** Time for it, in milliseconds. */
  timeoutMs?: number;
  /** Whose profile of the browser. */
  profile?: string;
}

/** Answer of `browser.proxy`. */
export interface BrowserProxyResult {
  /** What the service answered. */
  result?: unknown;
  /** Files that it made. */
  files?: unknown[];
}

/** Params of `camera.clip`. */
export interface CameraClipParams {
  /** `front` or `back`. */
  facing?: string;
  /** How long, in milliseconds; 3000 if absent. */
  durationMs?: number;
  /** Whether with sound. */
  includeAudio?: boolean;
  /** `mp4`. */
  format?: string;
  /** Which camera, of `camera.list`. */
  deviceId?: string;
}

/** One camera. */
export interface CameraDevice {
  /** Its id, for `deviceId`. */
  id: string;
  /** Its name. */
  name: string;
  /** `front`, `back` or `unspecified`. */
  position?: string;
  /** What kind of camera. */
  deviceType?: string;
}

/** Answer of `camera.list`. */
export interface CameraListResult {
  /** What there is. */
  devices: CameraDevice[];
}

/** Params of `camera.snap`. */
export interface CameraSnapParams {
  /** `front` or `back`. */
  facing?: string;
  /** Greatest width in pixels. */
  maxWidth?: number;
  /** Quality, 0 to 1. */
  quality?: number;
  /** `jpg`. */
  format?: string;
  /** Time for the camera to wake up, in milliseconds. */
  delayMs?: number;
  /** Which camera, of `camera.list`. */
  deviceId?: string;
}

/** Params of `canvas.a2ui.pushJSONL`. */
export interface CanvasA2uiPushJsonlParams {
  /** A2UI messages, one a line. */
  jsonl: string;
}

/** Params of `canvas.a2ui.push`. */
export interface CanvasA2uiPushParams {
  /** A2UI messages, in order. */
  messages: unknown[];
}

/** What somebody did on a canvas, as the page tells it. Nothing in it is believed. */
export interface CanvasAction {
  /** Name of the action. */
  name: string;
  /** The surface on which it was done. */
  surfaceId?: string;
  /** The component with which it was done. */
  sourceComponentId?: string;
  /** Values that go with it. */
  context?: unknown;
}

/** Params of `canvas.action`. */
export interface CanvasActionParams {
  /** The session whose canvas it is. */
  sessionKey: string;
  /** What was done. */
  action: CanvasAction;
  /** Recognises a repetition; the action's own id is best. */
  idempotencyKey: string;
}

/** Answer of `canvas.action`. */
export interface CanvasActionResult {
  /** The run in which the agent answers it. */
  runId: string;
}

/** Answer of `node.canvas.capability.refresh`. */
export interface CanvasCapabilityResult {
  /** The secret of the address. */
  canvasCapability: string;
  /** When it ends unless it is used, in Unix milliseconds. */
  canvasCapabilityExpiresAtMs: number;
  /** The address that holds it. */
  canvasHostUrl: string;
}

/** Something about the canvas of a session changed. */
export type CanvasChangedEvent = ({
  change: "present";
  /** What of it: `page` or `a2ui`. */
  view: string;
  /** Who wants it. */
  by: CanvasPresenter;
} | {
  change: "push";
  /** The messages. */
  messages: unknown[];
} | {
  change: "refresh";
} | {
  change: "reset";
}) & {
  /** The session. */
  sessionKey: string;
};

/** Answer of `canvas.present` and `canvas.reset`. */
export interface CanvasDone {
  /** Always true. */
  ok: boolean;
}

/** Params of `canvas.eval`. The node refuses it without either. */
export interface CanvasEvalParams {
  /** An expression, evaluated in the page. */
  javaScript?: string;
  /** The same by its short name. */
  js?: string;
}

/** Answer of `canvas.eval`. */
export interface CanvasEvalResult {
  /** The value. */
  result?: unknown;
}

/** Params of `canvas.navigate`. */
export interface CanvasNavigateParams {
  /** Where to. */
  url: string;
}

/** Params of `canvas.open`. */
export interface CanvasOpenParams {
  /** The session. */
  sessionKey: string;
  /** `page` (default) or `a2ui`. */
  view?: "page" | "a2ui";
  /**
   * Whether the address is for a window of its own and outlives this connection: until ten minutes
   * after its last use, for an hour at most, and no longer than the right of the caller's device.
   */
  keep?: boolean;
}

/** Answer of `canvas.open`. The addresses are a secret: whoever has one sees the canvas. */
export interface CanvasOpenResult {
  /** Where the canvas is, on its own port if the gateway is called by its own. */
  url: string;
  /** The same on the port by which the gateway is called: for whoever cannot reach `url`. */
  path: string;
  /**
   * When the address ends unless it is used, in Unix milliseconds. Unless it is kept, it also ends
   * with this connection.
   */
  expiresAtMs: number;
  /** The folder on the gateway's machine; for callers who may administer. */
  folder?: string;
}

/** Params of `canvas.state` and `canvas.reset`. */
export interface CanvasParams {
  /** The session. */
  sessionKey: string;
}

/** A place on the screen, in points. */
export interface CanvasPlacement {
  /** From the left. */
  x?: number;
  /** From the top. */
  y?: number;
  /** Width. */
  width?: number;
  /** Height. */
  height?: number;
}

/** Params of `canvas.present`. */
export interface CanvasPresentParams {
  /** What to show; what it showed before if absent. */
  url?: string;
  /** Where on the screen. */
  placement?: CanvasPlacement;
}

/** Who wants a canvas to be seen: who asked for it needs no word that it came. */
export type CanvasPresenter =
  /** The agent, by its tool. */
  | "agent"
  /** Somebody at a client, by `canvas.present`. */
  | "operator"
  | (string & {});

/** Params of `canvas.push`. */
export interface CanvasPushParams {
  /** The session. */
  sessionKey: string;
  /** A2UI messages of version 0.8 or 0.9; all are taken, or none. */
  messages: unknown[];
}

/** Answer of `canvas.push`. */
export interface CanvasPushResult {
  /** Ids of the surfaces that there are now. */
  surfaces: string[];
}

/** Params of `canvas.snapshot`. */
export interface CanvasSnapshotParams {
  /** `png`, `jpg` or `jpeg`. */
  format?: string;
  /** Greatest width in pixels. */
  maxWidth?: number;
  /** Quality of a `jpg`, 0 to 1. */
  quality?: number;
}

/** Answer of `canvas.state`. */
export interface CanvasStateResult {
  /** The session, by its canonical key. */
  sessionKey: string;
  /** Whether its folder has a page. */
  page: boolean;
  /**
   * The A2UI messages that show its surfaces, in order; what a page that was loaded again is
   * filled with.
   */
  messages: unknown[];
}

/** Params of `canvas.present`. */
export interface CanvasViewParams {
  /** The session. */
  sessionKey: string;
  /** `page` (default) or `a2ui`. */
  view?: "page" | "a2ui";
}

/**
 * One account. Times without a unit in their name are Unix milliseconds too: those names are the
 * family's.
 */
export interface ChannelAccount {
  /** The account. */
  accountId: string;
  /** Its name. */
  name?: string;
  /** Whether it is switched on. */
  enabled: boolean;
  /** Whether there is a credential. */
  configured: boolean;
  /** Whether the network knows us by it, as far as we saw. */
  linked: boolean;
  /** Whether it is at work or trying. */
  running: boolean;
  /** Whether messages get through. */
  connected: boolean;
  /** Tries since messages got through last. */
  reconnectAttempts: number;
  /** When messages began to get through. */
  lastConnectedAt?: number;
  /** What went wrong last. */
  lastError?: string;
  /** When it was started last. */
  lastStartAt?: number;
  /** When it stopped last. */
  lastStopAt?: number;
  /** When a message arrived last. */
  lastInboundAt?: number;
  /** When the network took one of ours last. */
  lastOutboundAt?: number;
  /** When the network was asked last who we are. */
  lastProbeAt?: number;
  /** What it said. */
  probe?: ChannelProbe;
  /** How events arrive: `polling`, `webhook` or `socket`. */
  mode: string;
  /** Who may write to us directly: `pairing`, `allowlist`, `open` or `disabled`. */
  dmPolicy: string;
  /** The list for direct chats. */
  allowFrom: string[];
  /** Where the credential is: `env`, `file`, `exec` or `config`. */
  tokenSource?: string;
  /** The path that the network calls, if it does. */
  webhookPath?: string;
  /** The word of the state. */
  state: ChannelState;
  /** Why it is in it, if something is wrong. */
  stateReason?: string;
  /** Since when, in Unix milliseconds. */
  stateSinceMs: number;
  /** When the next try is, in Unix milliseconds. */
  nextTryAtMs?: number;
  /** When the way in proved itself last, in Unix milliseconds. */
  lastProofAtMs?: number;
  /** Whether the gateway is not ready without it. */
  required: boolean;
  /** Parts in the outbox that wait or are on their way. */
  open: number;
  /** Parts that were given up. */
  dead: number;
  /** Its last changes of state, oldest first, at most 20. */
  lastEvents: ChannelStateChange[];
}

/** Who we are on a network. */
export interface ChannelBot {
  /** Our stable id. */
  id: string;
  /** Our handle. */
  username?: string;
  /** Our name. */
  name?: string;
}

/** A chat network in the summary: its default account, and every account. */
export interface ChannelHealth {
  /** The account. */
  accountId: string;
  /** Whether there is a credential. */
  configured: boolean;
  /** Whether the network knows us by it, as far as we saw. */
  linked: boolean;
  /** The word of its state. */
  state: ChannelState;
  /** Time since the network last took the credential, in milliseconds. */
  authAgeMs?: number;
  /** What the network said when it was asked last. */
  probe?: ChannelProbe;
  /** When that was, in Unix milliseconds. */
  lastProbeAt?: number;
  /** Every account, the default one too. */
  accounts?: Record<string, AccountHealth>;
}

/** What a network is called. */
export interface ChannelMeta {
  /** The network. */
  id: string;
  /** Its name. */
  label: string;
  /** Its longer name. */
  detailLabel: string;
  /** Name of a system picture. */
  systemImage?: string;
}

/** What a network said when it was asked who we are. */
export interface ChannelProbe {
  /** Whether it knows us. */
  ok: boolean;
  /** Why not. */
  error?: string;
  /** How long it took, in milliseconds. */
  elapsedMs: number;
  /** Who we are there. */
  bot?: ChannelBot;
  /** What the owner should switch on or know, a sentence each. */
  notes?: string[];
}

/** How an account is. */
export type ChannelState =
  /** Switched off, or the gateway is stopping. */
  | "stopped"
  /** Waits for its turn to begin. */
  | "starting"
  /** Tries to get through. */
  | "connecting"
  /** The way in proved itself within the last interval. */
  | "live"
  /** Works, but not as it should. */
  | "degraded"
  /** Failed, and tries again. */
  | "backoff"
  /** A person must sign in or set it up. */
  | "needs-login"
  /** Somebody else has the account; tries again. */
  | "conflict"
  | (string & {});

/** A change of state. */
export interface ChannelStateChange {
  /** When, in Unix milliseconds. */
  atMs: number;
  /** Into which state. */
  state: ChannelState;
  /** Why, if something is wrong. */
  reason?: string;
}

/** A network in brief: how its default account is. */
export interface ChannelSummary {
  /** Whether there is a credential. */
  configured: boolean;
  /** Whether the network knows us by it, as far as we saw. */
  linked: boolean;
  /** Whether it is switched on and at work or trying. */
  running: boolean;
  /** Whether messages get through. */
  connected: boolean;
  /** The word of the state. */
  state: ChannelState;
  /** How events arrive: `polling`, `webhook` or `socket`. */
  mode: string;
  /** Where the credential is: `env`, `file`, `exec` or `config`. */
  tokenSource?: string;
  /** When it was started last, in Unix milliseconds. */
  lastStartAt?: number;
  /** When it stopped last, in Unix milliseconds. */
  lastStopAt?: number;
  /** What went wrong last. */
  lastError?: string;
  /** What the network said when it was asked last. */
  probe?: ChannelProbe;
  /** When that was, in Unix milliseconds. */
  lastProbeAt?: number;
}

/** Every account in brief, as an event. */
export interface ChannelsBrief {
  /** When, in Unix milliseconds. */
  ts: number;
  /** All of them: a newer event takes the place of an unsent older one. */
  accounts: AccountBrief[];
}

/** Params of `channels.logout`. */
export interface ChannelsLogoutParams {
  /** The network. */
  channel: string;
  /** The account; the network's default one if absent. */
  accountId?: string;
}

/** Answer of `channels.logout`. */
export interface ChannelsLogoutResult {
  /** The network. */
  channel: string;
  /** The account. */
  accountId: string;
  /** Whether a credential was deleted. */
  cleared: boolean;
  /** Whether no credential is left for it. */
  loggedOut: boolean;
  /** Where one still is, out of our reach: `env`, `exec` or `config`. */
  remainsIn?: string;
}

/** Params of `channels.pairing.approve`. */
export interface ChannelsPairingApproveParams {
  /** The network. */
  channel: string;
  /** The code that the person was shown; case and dashes do not matter. */
  code: string;
  /**
   * The person is the owner, and may do in chats what the owner's devices may. Needs
   * `operator.admin`.
   */
  owner?: boolean;
}

/** Answer of `channels.pairing.approve`. */
export interface ChannelsPairingApproveResult {
  /** Always true. */
  ok: boolean;
  /** Who was let in. */
  sender: SenderAdmitted;
}

/** Params of `channels.pairing.dismiss`. */
export interface ChannelsPairingDismissParams {
  /** The network. */
  channel: string;
  /** The account; the network's default one if absent. */
  accountId?: string;
  /** The network's stable id of the person. */
  senderId: string;
}

/** Answer of `channels.pairing.dismiss`. */
export interface ChannelsPairingDismissResult {
  /** Always true. */
  ok: boolean;
  /** Whether the person waited or was let in. */
  removed: boolean;
}

/** Answer of `channels.pairing.list`. */
export interface ChannelsPairingListResult {
  /** When, in Unix milliseconds. */
  ts: number;
  /** Those who wait, oldest first. */
  requests: SenderAsking[];
}

/** Answer of `channels.senders.list`. */
export interface ChannelsSendersListResult {
  /** When, in Unix milliseconds. */
  ts: number;
  /** Those who were let in by a code. */
  senders: SenderAdmitted[];
}

/** Params of `channels.status`. */
export interface ChannelsStatusParams {
  /** Ask the networks who we are, before answering. */
  probe?: boolean;
  /** How long to wait for them, in milliseconds; 10 000 if absent, at most 60 000. */
  timeoutMs?: number;
  /** Only this network. */
  channel?: string;
}

/** Answer of `channels.status`. Without any configured network everything is empty. */
export interface ChannelsStatusResult {
  /** When, in Unix milliseconds. */
  ts: number;
  /** Networks in the order to show. */
  channelOrder: string[];
  /** Their names. */
  channelLabels: Record<string, string>;
  /** Their longer names. */
  channelDetailLabels: Record<string, string>;
  /** Names of system pictures, for the family's apps. */
  channelSystemImages: Record<string, string>;
  /** The same once more, in order. */
  channelMeta: ChannelMeta[];
  /** Each network in brief: how its default account is. */
  channels: Record<string, ChannelSummary>;
  /** The accounts of each network, the default one first. */
  channelAccounts: Record<string, ChannelAccount[]>;
  /** Which account of a network is meant when none is named. */
  channelDefaultAccountId: Record<string, string>;
}

/** Params of `chat.abort`. */
export interface ChatAbortParams {
  /** The session. */
  sessionKey: string;
  /** One run; all of the session if absent. */
  runId?: string;
}

/** Answer of `chat.abort`. */
export interface ChatAbortResult {
  /** Always true. */
  ok: boolean;
  /** Whether anything was stopped. */
  aborted: boolean;
  /** What was stopped. */
  runIds: string[];
}

/** One step of a chat run. */
export interface ChatEvent {
  /** The run. */
  runId: string;
  /** The session as the caller named it. */
  sessionKey: string;
  /** The `seq` of the agent update that led to this. */
  seq: number;
  /** How far the run is. */
  state: ChatState;
  /** The whole message so far; absent when there are no words. */
  message?: ChatEventMessage;
  /** Delta: what is new since the last delta. */
  deltaText?: string;
  /** Delta: whether what is new begins another message of the run instead of growing the last. */
  replace?: boolean;
  /** Error: why, for people. */
  errorMessage?: string;
  /** Error: `refusal`, `timeout`, `rate_limit`, `context_length` or `unknown`. */
  errorKind?: string;
  /** Final: tokens. */
  usage?: MessageUsage;
  /** Final and aborted: why it stopped. */
  stopReason?: string;
}

/** The message of a chat event. */
export interface ChatEventMessage {
  /** Always `assistant`. */
  role: string;
  /** The words. */
  content: ContentPart[];
  /** When, in Unix milliseconds. */
  timestamp: number;
  /** `injected` for answers that no model made. */
  stopReason?: string;
  /** Zero for answers that no model made. */
  usage?: MessageUsage;
}

/** Params of `chat.history`. */
export interface ChatHistoryParams {
  /** The session. */
  sessionKey: string;
  /** How many messages; 200 if absent. */
  limit?: number;
  /** Only messages before this one: the `nextBefore` of a newer page. */
  before?: number;
}

/** Answer of `chat.history`. */
export interface ChatHistoryResult {
  /** The session as the caller named it. */
  sessionKey: string;
  /** Its id; absent if it does not exist yet. */
  sessionId?: string;
  /** Oldest first. */
  messages: ChatMessage[];
  /** Thinking level of the session. */
  thinkingLevel: string;
  /** There are older messages: pass this as `before`. */
  nextBefore?: number;
  /** Messages that wait for the run at work. */
  queued?: QueuedMessage[];
  /** The run at work. */
  activeRun?: ActiveRun;
}

/** One message of a transcript. */
export interface ChatMessage {
  /** `user`, `assistant`, `toolResult` or `system`. */
  role: string;
  /** Its parts. */
  content: ContentPart[];
  /** When, in Unix milliseconds. */
  timestamp: number;
  /** Assistant: the dialect that was spoken with the provider. */
  api?: string;
  /** Assistant: the provider. */
  provider?: string;
  /** Assistant: the model. */
  model?: string;
  /** Assistant: tokens. */
  usage?: MessageUsage;
  /** Tool result: the id of the call. */
  toolCallId?: string;
  /** Tool result: the tool. */
  toolName?: string;
  /** Tool result: whether it went wrong. */
  isError?: boolean;
  /** Tool result: whether the call was given up; nobody knows what it did. */
  interrupted?: boolean;
  /** Tool result: facts beside it, for example an exit code. */
  details?: unknown;
  /** Assistant: `stop`, `length`, `toolUse`, `error`, `aborted`, `interrupted` or `injected`. */
  stopReason?: string;
  /** Assistant: why the turn failed. */
  errorMessage?: string;
  /** The message's id. */
  id?: string;
  /** Its place in the session. */
  seq?: number;
  /** The run that it belongs to. */
  runId?: string;
}

/** Params of `chat.send`. */
export interface ChatSendParams {
  /** The session. */
  sessionKey: string;
  /** The session's id, if the client knows it; the key decides. */
  sessionId?: string;
  /** What to say. */
  message: string;
  /** Same key and params: same run. */
  idempotencyKey: string;
  /** Thinking level of this run. */
  thinking?: string;
  /** Accepted and not used: the answer goes back to where the message came from. */
  deliver?: boolean;
  /** Pictures; refused until a runner takes them. */
  attachments?: unknown[];
  /** Deadline of the run in milliseconds; 0 is the default. */
  timeoutMs?: number;
}

/** Answer of `chat.send`. */
export interface ChatSendResult {
  /** The run; absent after a stop word. */
  runId?: string;
  /** `started`; of a repeat `in_flight`, `ok`, `error` or `aborted`. */
  status?: string;
  /** Whether it waits for the run at work. */
  queued?: boolean;
  /** One line, of a failed run. */
  summary?: string;
  /** After a stop word: true. */
  ok?: boolean;
  /** After a stop word: whether anything was stopped. */
  aborted?: boolean;
  /** After a stop word: what was stopped. */
  runIds?: string[];
}

/** How far a chat run is. */
export type ChatState =
  /** The answer grew. */
  | "delta"
  /** The run ended well. */
  | "final"
  /** Somebody stopped it. */
  | "aborted"
  /** It failed. */
  | "error"
  | (string & {});

/** Who is calling. Nothing in it grants anything. */
export interface ClientInfo {
  /** Kind of program. */
  id: "webchat-ui" | "clawdbot-control-ui" | "webchat" | "cli" | "gateway-client" | "clawdbot-macos" | "clawdbot-ios" | "clawdbot-android" | "node-host" | "test" | "fingerprint" | "clawdbot-probe" | "moltbot-control-ui" | "moltbot-macos" | "moltbot-ios" | "moltbot-android" | "moltbot-probe" | "openclaw-control-ui" | "openclaw-macos" | "openclaw-ios" | "openclaw-android" | "openclaw-probe" | "openclaw-tui" | "openclaw-linux" | "openclaw-watchos" | "openclaw-browser-copilot" | "tidegate-webchat" | "tidegate-probe" | (string & {});
  /** Its version. */
  version: string;
  /** Operating system. */
  platform: string;
  /** How it is used. */
  mode: "webchat" | "cli" | "ui" | "backend" | "node" | "probe" | "test" | (string & {});
  /** Name for people. */
  displayName?: string;
  /** For example `iPhone`. */
  deviceFamily?: string;
  /** For example `iPhone17,1`. */
  modelIdentifier?: string;
  /** One run of one program: lets the presence list keep two windows apart. */
  instanceId?: string;
}

/** Answer of `config.get`. Secrets are replaced by a fixed mark. */
export interface ConfigGetResult {
  /** Path of the file. */
  path: string;
  /** Whether the file exists. */
  exists: boolean;
  /** The file's text, secrets replaced; null if there is no file. */
  raw: string | null;
  /** The file as JSON, secrets replaced. */
  parsed: unknown;
  /** Whether the file is valid. */
  valid: boolean;
  /** What is in force, secrets replaced. */
  config: unknown;
  /** Hex SHA-256 of the file's text. */
  hash: string;
  /** What is wrong with the file. */
  issues: ConfigIssue[];
  /** What is odd about the file. */
  warnings: ConfigIssue[];
  /** Keys of an older form; always empty here. */
  legacyIssues: ConfigIssue[];
}

/** One finding about the configuration. */
export interface ConfigIssue {
  /** The key, with dots. */
  path: string;
  /** What is wrong and what to do. */
  message: string;
}

/** Answer of `config.schema`. */
export interface ConfigSchemaResult {
  /** JSON Schema of the file. */
  schema: unknown;
  /** Hints for a form, by key. */
  uiHints: Record<string, UiHint>;
  /** Version of the program. */
  version: string;
  /** When, as an ISO time. */
  generatedAt: string;
}

/** Secrets of the handshake. */
export interface ConnectAuth {
  /** The shared secret, or a device token. */
  token?: string;
  /** The shared password. */
  password?: string;
  /** A device token. */
  deviceToken?: string;
  /** A one-time code of `tidegate dashboard`. */
  bootstrapToken?: string;
}

/** The challenge that a device signs. */
export interface ConnectChallenge {
  /** Random; good for this connection only. */
  nonce: string;
  /** The gateway's clock in Unix milliseconds. */
  ts: number;
}

/**
 * The first request of every connection. Closed for a client that asks for protocol 3 at most;
 * from 4 on unknown keys are ignored (DECISIONS D2).
 */
export interface ConnectParams {
  /** Lowest protocol that the client speaks. */
  minProtocol: number;
  /** Highest protocol that the client speaks. */
  maxProtocol: number;
  /** Who is calling. */
  client: ClientInfo;
  /** Abilities of the client, for example `tool-events`. */
  caps?: string[];
  /** Commands that a node offers. */
  commands?: string[];
  /** What a node's operating system permits. */
  permissions?: Record<string, boolean>;
  /** The `PATH` of a node host. */
  pathEnv?: string;
  /** `operator` (default) or `node`. */
  role?: string;
  /** Rights that the client asks for; none asked for is none given. */
  scopes?: string[];
  /** The device's identity and its signature over the challenge. */
  device?: DeviceProof;
  /** Secrets. */
  auth?: ConnectAuth;
  /** Language of the client. */
  locale?: string;
  /** Browser's user agent. */
  userAgent?: string;
}

/** One part of a message. */
export type ContentPart =
  | {
      type: "text";
      /** The words. */
      text: string;
      /** The file that the words tell of. Its bytes are not given out here. */
      file?: FileNote;
    }
  | {
      type: "thinking";
      /** The words. */
      thinking: string;
      /** The provider's proof, which must be sent back unchanged. */
      signature?: string;
    }
  | {
      type: "toolCall";
      /** Unique in its run. */
      id: string;
      /** The tool. */
      name: string;
      /** The arguments: an object, or the text as it came if that was none. */
      arguments: unknown;
    }
  | {
      type: "image";
      /** Its bytes, in base64. */
      data: string;
      /** Its type. */
      mimeType: string;
    };

/** A one-time code for a browser. */
export interface DashboardLinkResult {
  /** Goes into the fragment of the page's address, as `#code=…`. */
  code: string;
  /** When it stops working, in Unix milliseconds. */
  expiresAtMs: number;
}

/** Where a session's answers go. */
export interface DeliveryContext {
  /** The chat network. */
  channel: string;
  /** The conversation. */
  to: string;
  /** Through which account. */
  accountId: string;
  /** The thread or topic. */
  threadId?: string;
}

/** How far a delivery is. */
export type DeliveryState =
  /** The network has all of it. */
  | "sent"
  /** It waits in the outbox; `messages.trace` of the run tells more. */
  | "queued"
  /** There was nothing to deliver. */
  | "suppressed"
  /** The network has its beginning, the rest was given up. */
  | "partial_failed"
  /** It was given up. */
  | "failed"
  | (string & {});

/** What became of an answer that was to be delivered. */
export interface DeliveryStatus {
  /** Always true. */
  requested: boolean;
  /** Whether there was something to deliver. */
  attempted: boolean;
  /** How far it is. */
  status: DeliveryState;
  /** Whether the network has all of it. */
  succeeded: boolean;
  /** Why it is not there. */
  reason?: string;
}

/** Answer of `device.pair.approve`. */
export interface DevicePairApproveResult {
  /** The request. */
  requestId: string;
  /** The device, with what it may do now. */
  device: PairedDevice;
}

/** Answer of `device.pair.list`. */
export interface DevicePairListResult {
  /** Those that wait, newest first. */
  pending: PendingDevice[];
  /** Those that may join, newest approval first. */
  paired: PairedDevice[];
}

/** Answer of `device.pair.reject`. */
export interface DevicePairRejectResult {
  /** The request. */
  requestId: string;
  /** The device. */
  deviceId: string;
}

/** Params of `device.pair.remove`. */
export interface DevicePairRemoveParams {
  /** The device. */
  deviceId: string;
}

/** Answer of `device.pair.remove`. */
export interface DevicePairRemoveResult {
  /** The device. */
  deviceId: string;
  /** When, in Unix milliseconds. */
  removedAtMs: number;
}

/** Params of `device.pair.rename`. */
export interface DevicePairRenameParams {
  /** The device. */
  deviceId: string;
  /** What the owner calls it. */
  label: string;
}

/** Answer of `device.pair.rename`. */
export interface DevicePairRenameResult {
  /** The device. */
  deviceId: string;
  /** What the owner calls it now. */
  label: string;
}

/** What became of a request. */
export interface DevicePairResolved {
  /** The request. */
  requestId: string;
  /** The device. */
  deviceId: string;
  /** `approved`, `rejected`, or `superseded` by another request. */
  decision: string;
  /** When, in Unix milliseconds. */
  ts: number;
}

/** Params of `device.pair.setupCode`. */
export interface DevicePairSetupCodeParams {
  /** The address that the device shall use, in place of the gateway's own. */
  publicUrl?: string;
  /** Clients of the family send it; there is one address here, `gateway.publicUrl` first. */
  preferRemoteUrl?: boolean;
  /** Clients of the family send it; whoever shows the code draws its picture. */
  includeQr?: boolean;
  /** What the code shall be good for, if not for everything. */
  bootstrapProfile?: SetupProfile;
}

/** A setup code: with it one device joins, once, within ten minutes. */
export interface DevicePairSetupCodeResult {
  /** Base64url of a JSON object: `SetupPayload`. */
  setupCode: string;
  /** The address in it. */
  gatewayUrl: string;
  /** How the gateway authenticates: `token` or `password`. Neither is in the code. */
  auth: string;
  /** Where the address comes from. */
  urlSource: string;
  /** What the code is good for. */
  access: SetupAccess;
  /** It is good for less than was asked because its address is not encrypted. */
  accessDowngraded?: boolean;
  /** When it stops working, in Unix milliseconds. */
  expiresAtMs: number;
}

/** A device's public key and its signature over what it asks for. */
export interface DeviceProof {
  /** Hex SHA-256 of the raw public key. */
  id: string;
  /** Ed25519 key: 32 raw bytes in base64url, or a PEM. */
  publicKey: string;
  /** Signature over the payload of version 3, 2 or 1, base64url. */
  signature: string;
  /** When it was signed, in Unix milliseconds; the challenge's `ts` is best. */
  signedAt: number;
  /** The challenge's nonce. */
  nonce?: string;
}

/** The token of a device for one role, without the token. */
export interface DeviceTokenLine {
  /** The role. */
  role: Role;
  /** What it is good for. */
  scopes: string[];
  /** When the device first got this role, in Unix milliseconds. */
  createdAtMs: number;
  /** When the token was made, if that was later, in Unix milliseconds. */
  rotatedAtMs?: number;
  /** When it was revoked, in Unix milliseconds. */
  revokedAtMs?: number;
  /** When it was last shown, in Unix milliseconds. */
  lastUsedAtMs?: number;
  /** From where; absent if that was this machine. */
  lastUsedFrom?: string;
  /** Until when it is good, in Unix milliseconds. */
  expiresAtMs?: number;
}

/** Params of `device.token.revoke`. */
export interface DeviceTokenRevokeParams {
  /** The device. */
  deviceId: string;
  /** The role. */
  role: Role;
}

/** Answer of `device.token.revoke`. */
export interface DeviceTokenRevokeResult {
  /** The device. */
  deviceId: string;
  /** The role. */
  role: Role;
  /** Since when, in Unix milliseconds. */
  revokedAtMs: number;
}

/** Params of `device.token.rotate`. */
export interface DeviceTokenRotateParams {
  /** The device. */
  deviceId: string;
  /** The role. */
  role: Role;
  /**
   * What the device may do from now on: no more than it was approved for, and than the caller
   * may. As before if absent.
   */
  scopes?: string[];
}

/** Answer of `device.token.rotate`. */
export interface DeviceTokenRotateResult {
  /** The device. */
  deviceId: string;
  /** The role. */
  role: Role;
  /** The new token; worthless without the device's key. */
  token: string;
  /** What it is good for. */
  scopes: string[];
  /** When, in Unix milliseconds. */
  rotatedAtMs: number;
  /** Until when it is good, in Unix milliseconds. */
  expiresAtMs?: number;
}

/** Params of `device.trust.set`. */
export interface DeviceTrustSetParams {
  /** The device. */
  deviceId: string;
  /** How far to trust it from now on. */
  trust: TrustLevel;
}

/** Answer of `device.trust.set`. */
export interface DeviceTrustSetResult {
  /** The device. */
  deviceId: string;
  /** What the trust was. */
  from: TrustLevel;
  /** What it is. */
  trust: TrustLevel;
  /** When, in Unix milliseconds. */
  changedAtMs: number;
}

/** Answer of `device.scopes.waitUpgrade`. */
export interface DeviceUpgradeOutcome {
  /** How it ended. */
  status: UpgradeStatus;
  /** The request. */
  requestId: string;
  /**
   * If approved: the device's new token, which replaces the one that it has. The rights are
   * there on the next connection.
   */
  deviceToken?: string;
  /** If approved: what that token is good for. */
  scopes?: string[];
}

/** Params of `device.scopes.requestUpgrade`. */
export interface DeviceUpgradeParams {
  /** What the device wants to be able to do, in all; empty for the role of a node. */
  scopes: Scope[];
  /** The role that it wants; `operator` if absent. */
  role?: Role;
}

/** Answer of `device.scopes.requestUpgrade`. */
export interface DeviceUpgradeResult {
  /** The request, for `device.scopes.waitUpgrade` and for whoever decides. */
  requestId: string;
  /** When it is void, in Unix milliseconds. */
  expiresAtMs: number;
}

/** It was done. */
export interface Done {
  /** Always true. */
  ok: boolean;
}

/** Answer of a command that has nothing to say but that it was done. */
export interface Done2 {
  /** Whether it was done; a node that says nothing did it. */
  ok?: boolean;
}

/** A question: the payload of `exec.approval.requested`, and a row of `exec.approval.list`. */
export interface ExecApprovalAsked {
  /** Its name. */
  id: string;
  /** What is asked. */
  request: ExecApprovalMatter;
  /** Since when, in Unix milliseconds. */
  createdAtMs: number;
  /** From when on no decision counts, in Unix milliseconds. */
  expiresAtMs: number;
}

/** A question that ended. */
export interface ExecApprovalEnded {
  /** Its name. */
  id: string;
  /** What is asked. */
  request: ExecApprovalMatter;
  /** Since when, in Unix milliseconds. */
  createdAtMs: number;
  /** From when on no decision counts, in Unix milliseconds. */
  expiresAtMs: number;
  /** How it ended. */
  outcome: ExecApprovalOutcome;
  /** Who decided; null if nobody did. */
  resolvedBy: string | null;
  /** When, in Unix milliseconds. */
  endedAtMs: number;
  /** When it was run by the decision, in Unix milliseconds; absent if it was not run here. */
  usedAtMs?: number;
}

/** Params of `exec.approval.get`. */
export interface ExecApprovalGetParams {
  /** The question, as in `exec.approval.resolve`. */
  id: string;
}

/** Answer of `exec.approval.get`: a question that waits or ended not long ago. */
export interface ExecApprovalGetResult {
  /** Its name. */
  id: string;
  /** What is asked. */
  request: ExecApprovalMatter;
  /** Since when, in Unix milliseconds. */
  createdAtMs: number;
  /** From when on no decision counts, in Unix milliseconds. */
  expiresAtMs: number;
  /** The command, as in `request.command`. */
  commandText: string;
  /** As in `request.allowedDecisions`. */
  allowedDecisions: string[];
  /** As in `request.host`. */
  host: string | null;
  /** As in `request.nodeId`. */
  nodeId: string | null;
  /** As in `request.agentId`. */
  agentId: string | null;
  /** How it ended; null while it waits. */
  outcome: ExecApprovalOutcome | null;
  /** Who decided; null if nobody did. */
  resolvedBy: string | null;
}

/** Params of `exec.approval.history`. */
export interface ExecApprovalHistoryParams {
  /** At most so many; 50 if nothing is said. Long commands make a page shorter. */
  limit?: number;
  /** Only what ended before this question: the `nextBefore` of a newer page. */
  before?: string;
}

/** Answer of `exec.approval.history`. */
export interface ExecApprovalHistoryResult {
  /** The newest end first. */
  ended: ExecApprovalEnded[];
  /** There may be older ones: pass this as `before`. */
  nextBefore?: string;
}

/** One line of what a decision covers. */
export interface ExecApprovalLine {
  /** What it is about, a word or two. */
  label: string;
  /** The text. */
  text: string;
}

/** Params of `exec.approval.list`. */
export type ExecApprovalListParams = Record<string, never>;

/** Answer of `exec.approval.list`: what waits, oldest first. */
export type ExecApprovalListResult = ExecApprovalAsked[];

/**
 * What is asked. In all texts nothing hides: controls, marks of direction and characters without
 * width are written out.
 */
export interface ExecApprovalMatter {
  /** The command in one line, whole. */
  command: string;
  /** The directory. */
  cwd: string | null;
  /** The kind of machine: `gateway` or `node`. */
  host: string | null;
  /** The rule of what may run. */
  security: string | null;
  /** The rule of when a person is asked. */
  ask: string | null;
  /** For which agent. */
  agentId: string | null;
  /** The path of the program. */
  resolvedPath: string | null;
  /** In which session. */
  sessionKey: string | null;
  /** On which node. */
  nodeId?: string;
  /** In which run. */
  runId?: string;
  /** Every argument by itself, the name of the program first. */
  argv?: string[];
  /**
   * Everything that a decision covers. Whoever shows it shows all lines whole, or offers no
   * button.
   */
  lines: ExecApprovalLine[];
  /** What exactly would run, as a hash: 64 hexadecimal digits. None for a command in words. */
  subjectHash?: string;
  /** What can be decided: `allow-always` is missing where nothing can be remembered. */
  allowedDecisions: string[];
  /** Why it is asked about. */
  why?: string;
}

/** How a question ended. */
export type ExecApprovalOutcome =
  /** This, once. */
  | "allow-once"
  /** This, and exactly this again. */
  | "allow-always"
  /** No. */
  | "deny"
  /** Nobody decided in time. */
  | "expired"
  /** Whoever asked does not wait any more. */
  | "withdrawn"
  | (string & {});

/** First answer of `exec.approval.request`, if two are wanted. */
export interface ExecApprovalRequestAck {
  /** `accepted`. */
  status: string;
  /** The name of the question. */
  id: string;
  /** Since when, in Unix milliseconds. */
  createdAtMs: number;
  /** From when on no decision counts, in Unix milliseconds. */
  expiresAtMs: number;
}

/**
 * Params of `exec.approval.request`. A command in words: nothing of it is looked at, and nothing
 * runs by the answer but what the caller itself runs.
 */
export interface ExecApprovalRequestParams {
  /** A name for it; else one is made. */
  id?: string;
  /** The command; may be left out if `commandArgv` or `systemRunPlan` tells it. */
  command?: string;
  /** Its arguments, the name of the program first. */
  commandArgv?: string[];
  /** What a node would run exactly. */
  systemRunPlan?: SystemRunPlan;
  /** What is added to the environment. */
  env?: Record<string, string>;
  /** The directory. */
  cwd?: string | null;
  /** The node. */
  nodeId?: string | null;
  /** The kind of machine. */
  host?: string | null;
  /** The caller's rule of what may run. */
  security?: string | null;
  /** The caller's rule of when a person is asked. */
  ask?: string | null;
  /** The agent. */
  agentId?: string | null;
  /** The path of the program. */
  resolvedPath?: string | null;
  /** The session. */
  sessionKey?: string | null;
  /** Where the turn came from; taken and not used: who caused a run is in its own record. */
  turnSourceChannel?: string | null;
  /** As `turnSourceChannel`. */
  turnSourceTo?: string | null;
  /** As `turnSourceChannel`. */
  turnSourceAccountId?: string | null;
  /** As `turnSourceChannel`. */
  turnSourceThreadId?: unknown;
  /**
   * How long a decision is waited for, in milliseconds; 120,000 if it is not said, at most
   * 1,800,000.
   */
  timeoutMs?: number;
  /**
   * Answer twice: at once with the id, and with the decision. The question then waits for its
   * decision also when this connection ends; `exec.approval.waitDecision` learns it.
   */
  twoPhase?: boolean;
}

/** Answer of `exec.approval.request` and `exec.approval.waitDecision`. */
export interface ExecApprovalRequestResult {
  /** The name of the question. */
  id: string;
  /** `allow-once`, `allow-always` or `deny`; null if nobody decided. */
  decision: string | null;
  /** Since when, in Unix milliseconds. */
  createdAtMs: number;
  /** From when on no decision counted, in Unix milliseconds. */
  expiresAtMs: number;
}

/** Params of `exec.approval.resolve`. */
export interface ExecApprovalResolveParams {
  /** The question: its id, or a beginning of at least 8 characters that only one waiting has. */
  id: string;
  /** `allow-once`, `allow-always` or `deny`. */
  decision: string;
}

/** Answer of `exec.approval.resolve`. */
export interface ExecApprovalResolveResult {
  /** True. */
  ok: boolean;
}

/** Payload of `exec.approval.resolved`. */
export interface ExecApprovalResolved {
  /** The question. */
  id: string;
  /** `allow-once`, `allow-always` or `deny`; null if nobody decided. */
  decision: string | null;
  /** Who decided; null if nobody did. */
  resolvedBy: string | null;
  /** When, in Unix milliseconds. */
  ts: number;
  /** How it ended. */
  outcome: ExecApprovalOutcome;
  /** For which agent. */
  agentId?: string;
  /** In which session. */
  sessionKey?: string;
}

/** Params of `exec.approval.waitDecision`. */
export interface ExecApprovalWaitDecisionParams {
  /** The question, as in `exec.approval.resolve`. */
  id: string;
}

/** The rules of one agent. */
export interface ExecApprovalsAgent {
  /**
   * What is allowed always. An entry of ours has the path (`pattern`), the hash (`sha256`), the
   * arguments (`argv`) and the directory (`cwd`); one without a hash allows nothing.
   */
  allowlist?: Record<string, unknown>[];
  /** What may run at all: `deny`, `allowlist` or `full`. */
  security?: string;
  /** When a person is asked: `off`, `on-miss` or `always`. */
  ask?: string;
  /** What counts if nobody answers: `deny`, `allowlist` or `full`, which here counts as `allowlist`. */
  askFallback?: string;
  /** Kept, and without effect here. */
  autoAllowSkills?: boolean;
}

/** The rules of all agents on one machine. What another program of the family wrote into it is kept. */
export interface ExecApprovalsFile {
  /** 1. */
  version: number;
  /** The socket of another program of the family; kept and not used. */
  socket?: ExecApprovalsSocket;
  /** What holds where an agent has no rule of its own. */
  defaults?: ExecApprovalsRules;
  /** Rules by agent; `*` for all. */
  agents?: Record<string, ExecApprovalsAgent>;
}

/** Params of `exec.approvals.get`. */
export type ExecApprovalsGetParams = Record<string, never>;

/** Params of `exec.approvals.node.get`. */
export interface ExecApprovalsNodeGetParams {
  /** The node. */
  nodeId: string;
}

/** Params of `exec.approvals.node.set`. */
export interface ExecApprovalsNodeSetParams {
  /** The node. */
  nodeId: string;
  /** Its rules from now on. */
  file: ExecApprovalsFile;
  /** The `hash` of the rules that they replace, as the node wants it. */
  baseHash?: string;
}

/** Rules; what is absent is inherited. */
export interface ExecApprovalsRules {
  /** What may run at all: `deny`, `allowlist` or `full`. */
  security?: string;
  /** When a person is asked: `off`, `on-miss` or `always`. */
  ask?: string;
  /** What counts if nobody answers: `deny`, `allowlist` or `full`, which here counts as `allowlist`. */
  askFallback?: string;
  /** Kept, and without effect here. */
  autoAllowSkills?: boolean;
}

/** Params of `exec.approvals.set`. */
export interface ExecApprovalsSetParams {
  /** The rules from now on. */
  file: ExecApprovalsFile;
  /** The `hash` of the rules that they replace; needed if there are any. */
  baseHash?: string;
}

/** The rules as they are. */
export interface ExecApprovalsSnapshot {
  /** Where they are kept. */
  path: string;
  /** Whether anybody ever set any. */
  exists: boolean;
  /** What names this state of them, for `baseHash`. */
  hash: string;
  /** The rules. */
  file: ExecApprovalsFile;
}

/** A socket of another program. */
export interface ExecApprovalsSocket {
  /** Its path. */
  path?: string;
  /** Its secret; never shown, and kept if it is left out. */
  token?: string;
}

/** What this caller may call and hear. */
export interface Features {
  /** Methods that dispatch will accept from this caller. */
  methods: string[];
  /** Events that this caller may hear. */
  events: string[];
}

/** One entry of a folder. */
export interface FileEntry {
  /** Its name. */
  name: string;
  /** `file`, `folder`, `link` or `other`. */
  kind: string;
  /** Size in bytes. */
  size?: number;
  /** When it was changed, in Unix milliseconds. */
  modifiedAtMs?: number;
}

/** Params of `file.list`. */
export interface FileListParams {
  /** Which folder; the folders that are offered if absent. */
  path?: string;
}

/** Answer of `file.list`. */
export interface FileListResult {
  /** The folder. */
  path: string;
  /** What is in it, by name. */
  entries: FileEntry[];
  /** Whether there is more than is shown. */
  truncated: boolean;
}

/** A file that came with a message. */
export interface FileNote {
  /** `photo`, `video`, `animation`, `audio`, `voice`, `sticker` or `document`. */
  kind: string;
  /** Its name, as the sender gave it. */
  name?: string;
  /** Its type, by its first bytes. */
  mime: string;
  /** Its size in bytes. */
  bytes: number;
}

/** A file that an argument names. */
export interface FileOperand {
  /** Which argument. */
  argvIndex: number;
  /** Its path. */
  path: string;
  /** Its content. */
  sha256: string;
}

/** Params of `file.read`. */
export interface FileReadParams {
  /** Which file: the name of the folder that is offered, then the way in it. */
  path: string;
  /** From which byte. */
  offset?: number;
  /** Most bytes; 262 144 if absent. */
  maxBytes?: number;
}

/** Answer of `file.read`. */
export interface FileReadResult {
  /** The file. */
  path: string;
  /** The bytes in base64. */
  base64: string;
  /** Size of the whole file in bytes. */
  size: number;
  /** Whether the file ends here. */
  eof: boolean;
}

/** Params of `file.write`. */
export interface FileWriteParams {
  /** Which file: the name of the folder that is offered, then the way in it. */
  path: string;
  /** Its bytes in base64. */
  base64: string;
  /** Whether a file that is there is replaced; refused if absent. */
  overwrite?: boolean;
}

/** Answer of `file.write`. */
export interface FileWriteResult {
  /** The file. */
  path: string;
  /** Bytes written. */
  bytes: number;
}

/** When the agent answers in a group. */
export type GroupActivation =
  /** When it is mentioned. */
  | "mention"
  /** Always. */
  | "always"
  | (string & {});

/** Params of `health`. */
export interface HealthParams {
  /** Ask the chat networks who we are, before answering. */
  probe?: boolean;
}

/** The state of the gateway in one object. */
export interface HealthSummary {
  /** Whether nothing needs attention. */
  ok: boolean;
  /** When it was computed, in Unix milliseconds. */
  ts: number;
  /** How long that took, in milliseconds. */
  durationMs: number;
  /** State by channel. */
  channels: Record<string, ChannelHealth>;
  /** Channels in the order to show. */
  channelOrder: string[];
  /** Names of channels. */
  channelLabels: Record<string, string>;
  /** Heartbeat interval in seconds; 0 is off. */
  heartbeatSeconds: number;
  /** The agent that answers by default. */
  defaultAgentId: string;
  /** State by agent. */
  agents: AgentHealth[];
  /** Sessions of the default agent. */
  sessions: SessionsHealth;
  /** What needs attention, a sentence each, with the command that helps. */
  problems?: string[];
  /** Figures of the process. */
  process: ProcessHealth;
}

/** The last heartbeat of an agent. */
export interface HeartbeatEvent {
  /** When, in Unix milliseconds. */
  ts: number;
  /** `sent`, `ok-empty`, `ok-token`, `skipped` or `failed`. */
  status: string;
}

/** The heartbeat of an agent. */
export interface HeartbeatSetting {
  /** Whether it is on. */
  enabled: boolean;
  /** The interval as written in the configuration. */
  every: string;
  /** The interval in milliseconds; null when off. */
  everyMs: number | null;
  /** What the agent is told. */
  prompt: string;
  /** Where an alert goes. */
  target: string;
  /** Longest tail of an acknowledgement, in characters. */
  ackMaxChars: number;
}

/** What was granted. */
export interface HelloAuth {
  /** The device's token; absent without a device. */
  deviceToken?: string;
  /** The role of this connection. */
  role: Role;
  /** The scopes of this connection. */
  scopes: string[];
  /** When the device token was made, in Unix milliseconds. */
  issuedAtMs?: number;
  /** Tokens for other roles that came with a setup code, which works once. */
  deviceTokens?: HelloDeviceToken[];
}

/** A token for a role that this connection does not have. */
export interface HelloDeviceToken {
  /** The token. */
  deviceToken: string;
  /** The role. */
  role: Role;
  /** What it is good for. */
  scopes: string[];
  /** When it was made, in Unix milliseconds. */
  issuedAtMs: number;
}

/** The answer to `connect`: both generations' fields. */
export interface HelloOk {
  /** Always `hello-ok`. */
  type: string;
  /** The protocol of this connection. */
  protocol: number;
  /** About the gateway. */
  server: ServerInfo;
  /** What this caller may call and hear. */
  features: Features;
  /** State at the moment of joining; no event falls between it and the first `seq`. */
  snapshot: Snapshot;
  /** Where a node of protocol 3 finds its canvas; the address is a secret. */
  canvasHostUrl?: string;
  /** Where a node of protocol 4 finds its surfaces, by their names: `canvas`. Secrets too. */
  pluginSurfaceUrls?: Record<string, string>;
  /** What was granted. */
  auth?: HelloAuth;
  /** Numbers to respect. */
  policy: Policy;
}

/** Params of `location.get`. */
export interface LocationGetParams {
  /** Time for it, in milliseconds. */
  timeoutMs?: number;
  /** How old the answer may be, in milliseconds. */
  maxAgeMs?: number;
  /** `coarse`, `balanced` or `precise`. */
  desiredAccuracy?: string;
}

/** Answer of `location.get`. */
export interface LocationGetResult {
  /** Degrees north. */
  lat: number;
  /** Degrees east. */
  lon: number;
  /** How exact, in metres. */
  accuracyMeters?: number;
  /** Metres above the sea. */
  altitudeMeters?: number;
  /** Metres a second. */
  speedMps?: number;
  /** Degrees from north. */
  headingDeg?: number;
  /** When, as ISO 8601. */
  timestamp?: string;
  /** Whether the person allowed the exact place. */
  isPrecise?: boolean;
  /** How it is known, for example `gps` or `config`. */
  source?: string;
}

/** Params of `logs.tail`. */
export interface LogsTailParams {
  /** Where the last answer ended, in bytes. */
  cursor?: number;
  /** Most lines; 500 if absent. */
  limit?: number;
  /** Most bytes; 250 000 if absent. */
  maxBytes?: number;
}

/** Answer of `logs.tail`. */
export interface LogsTailResult {
  /** The log file. */
  file: string;
  /** Where this answer ends, in bytes: pass it next time. */
  cursor: number;
  /** Size of the file in bytes. */
  size: number;
  /** Whole lines, oldest first. */
  lines: string[];
  /** Whether lines were left out. */
  truncated: boolean;
  /** Whether the cursor was of another file: start anew. */
  reset: boolean;
}

/** A picture or a recording, as text. */
export interface Media {
  /** `jpg`, `png` or `mp4`. */
  format: string;
  /** Its bytes in base64. */
  base64: string;
  /** Its width in pixels. */
  width?: number;
  /** Its height in pixels. */
  height?: number;
  /** How long it is, in milliseconds. */
  durationMs?: number;
  /** Pictures a second. */
  fps?: number;
  /** Which screen it shows. */
  screenIndex?: number;
  /** Whether sound is in it. */
  hasAudio?: boolean;
}

/** Cost of a message in US dollars. */
export interface MessageCost {
  /** For tokens read. */
  input: number;
  /** For tokens written. */
  output: number;
  /** For tokens read from the cache. */
  cacheRead: number;
  /** For tokens written to the cache. */
  cacheWrite: number;
  /** All of it. */
  total: number;
}

/** Tokens and cost of a message. */
export interface MessageUsage {
  /** Tokens read. */
  input: number;
  /** Tokens written. */
  output: number;
  /** Tokens read from the provider's cache. */
  cacheRead: number;
  /** Tokens written to the provider's cache. */
  cacheWrite: number;
  /** All of them. */
  totalTokens: number;
  /** Cost in US dollars; 0 where no price is configured. */
  cost: MessageCost;
}

/** Params of `messages.trace`. */
export interface MessagesTraceParams {
  /** A network's id of a message or event, a run, or the name of what was sent. */
  id: string;
}

/** Answer of `messages.trace`. */
export interface MessagesTraceResult {
  /** When, in Unix milliseconds. */
  ts: number;
  /** The ways of messages that the id names, newest first, at most 20. */
  messages: TracedMessage[];
}

/** One model. */
export interface ModelRow {
  /** Its id at the provider. */
  id: string;
  /** Its name. */
  name: string;
  /** The provider's name in the configuration. */
  provider: string;
  /** Its context in tokens. */
  contextWindow?: number;
  /** Whether it can think first. */
  reasoning?: boolean;
  /** What it takes: `text`, `image`. */
  input?: string[];
}

/** Params of `models.list`. */
export interface ModelsListParams {
  /** `configured` or `all`; the answer is the same here. */
  view?: string;
}

/** Answer of `models.list`. */
export interface ModelsListResult {
  /** What the configured providers offer. */
  models: ModelRow[];
}

/** Params of a command that takes none. */
export type NoCommandParams = Record<string, never>;

/** No params. */
export type NoParams = Record<string, never>;

/** Params of `node.describe`. */
export interface NodeDescribeParams {
  /** Which node. */
  nodeId: string;
}

/** Answer of `node.describe`. */
export interface NodeDescribeResult {
  /** When, in Unix milliseconds. */
  ts: number;
  /** Its id: that of its device. */
  nodeId: string;
  /** Its name: the one that the owner gave it, else its own. */
  displayName?: string;
  /** Its operating system. */
  platform?: string;
  /** Version of its program. */
  version?: string;
  /** For example `iPhone`. */
  deviceFamily?: string;
  /** For example `iPhone17,1`. */
  modelIdentifier?: string;
  /** Where it connected from. */
  remoteIp?: string;
  /** Its abilities, sorted; shown only. */
  caps: string[];
  /**
   * Commands that it may be sent, sorted: those that it declares, the gateway allows and somebody
   * approved.
   */
  commands: string[];
  /** Commands that it declares and the gateway does not allow, sorted. */
  blockedCommands?: string[];
  /** Commands that it declares, that the gateway allows, and that nobody approved for it, sorted. */
  unapprovedCommands?: string[];
  /** What its operating system permits; shown only. */
  permissions?: Record<string, boolean>;
  /** Its `PATH`. */
  pathEnv?: string;
  /** Since when it is connected, in Unix milliseconds. */
  connectedAtMs?: number;
  /** Commands that wait for it. */
  waiting?: number;
  /** Whether its device is paired as a node. */
  paired: boolean;
  /** Whether it is connected. */
  connected: boolean;
}

/** Params of `node.event`. */
export interface NodeEventParams {
  /** What happened; unknown words are let through and mean nothing. */
  event: string;
  /** The particulars as a value. */
  payload?: unknown;
  /** The particulars as JSON text. */
  payloadJSON?: unknown;
}

/** Answer of `node.event`. */
export interface NodeEventResult {
  /** Always true. */
  ok: boolean;
}

/** Why a node did not do a command, in its own words. */
export interface NodeFailure {
  /** Its code. */
  code?: string;
  /** Its sentence. */
  message?: string;
}

/** Params of `node.invoke`. */
export interface NodeInvokeParams {
  /** Which node. */
  nodeId: string;
  /** The command. */
  command: string;
  /** What the command takes; `approved`, `approvalDecision` and `runId` are refused at any depth. */
  params?: unknown;
  /** How long the node may take, in milliseconds; 30 000 if absent or 0, at most 600 000. */
  timeoutMs?: number;
  /** Whether it may wait for the node to come back. Only for commands that are marked queueable. */
  queue?: boolean;
  /** The caller's name for this effect. */
  idempotencyKey: string;
}

/** The payload of `node.invoke.request`. */
export interface NodeInvokeRequest {
  /** A random id: the result repeats it, on the same connection. */
  id: string;
  /** The node. */
  nodeId: string;
  /** The command. */
  command: string;
  /** What it takes, as JSON text. */
  paramsJSON: string | null;
  /** How long it may take, in milliseconds. */
  timeoutMs?: number;
  /** The caller's name for this effect. */
  idempotencyKey?: string;
}

/** Answer of `node.invoke`. */
export interface NodeInvokeResult {
  /** Always true. */
  ok: boolean;
  /** Which node. */
  nodeId: string;
  /** The command. */
  command: string;
  /** The answer as a value. */
  payload: unknown;
  /** The answer as the text that the node sent; `null` if it sent a value. */
  payloadJSON: string | null;
  /** Set if the node is away and the command waits for it. */
  queued?: PendingCommand;
}

/** Answer of `node.invoke.result`. */
export interface NodeInvokeResultAck {
  /** Always true. */
  ok: boolean;
  /** True if nobody waits for it any more, or it was never asked of this connection. */
  ignored?: boolean;
}

/** Params of `node.invoke.result`: what came of a command. */
export interface NodeInvokeResultParams {
  /** The id of the request. */
  id: string;
  /** The node's own id. */
  nodeId: string;
  /** Whether it was done. */
  ok: boolean;
  /** The answer as a value. */
  payload?: unknown;
  /** The answer as JSON text; anything else counts as `payload`. */
  payloadJSON?: unknown;
  /** Why it was not done. */
  error?: NodeFailure | null;
}

/** Answer of `node.list`. */
export interface NodeListResult {
  /** When, in Unix milliseconds. */
  ts: number;
  /** Connected ones first, then by name. */
  nodes: NodeRow[];
}

/** Answer of `node.pair.approve`. */
export interface NodePairApproveResult {
  /** Which request. */
  requestId: string;
  /** The node, with a new token. */
  node: NodePaired;
}

/** Params of `node.pair.approve` and `node.pair.reject`. */
export interface NodePairDecideParams {
  /** Which request. */
  requestId: string;
}

/** The payload of `node.pair.resolved`. */
export interface NodePairDecision {
  /** Which request. */
  requestId: string;
  /** The node. */
  nodeId: string;
  /** `approved` or `rejected`. */
  decision: string;
  /** When, in Unix milliseconds. */
  ts: number;
}

/** Answer of `node.pair.list`. */
export interface NodePairListResult {
  /** Those that wait, newest first. */
  pending: NodePairPending[];
  /** Those that were paired, newest first. */
  paired: NodePaired[];
}

/** A node that waits to be paired. */
export interface NodePairPending {
  /** Its id, for `node.pair.approve`. */
  requestId: string;
  /** The id that the node gives itself. */
  nodeId: string;
  /** Its name. */
  displayName?: string;
  /** Its operating system. */
  platform?: string;
  /** Version of its program. */
  version?: string;
  /** Whether a node of this id is paired already. */
  isRepair: boolean;
  /** Since when, in Unix milliseconds. */
  ts: number;
}

/** Answer of `node.pair.reject`. */
export interface NodePairRejectResult {
  /** Which request. */
  requestId: string;
  /** The node. */
  nodeId: string;
}

/** Params of `node.pair.request`. */
export interface NodePairRequestParams {
  /** The id that the node gives itself. */
  nodeId: string;
  /** Its name. */
  displayName?: string;
  /** Its operating system. */
  platform?: string;
  /** Version of its program. */
  version?: string;
  /** Version of its core. */
  coreVersion?: string;
  /** Version of its surface. */
  uiVersion?: string;
  /** For example `iPhone`. */
  deviceFamily?: string;
  /** For example `iPhone17,1`. */
  modelIdentifier?: string;
  /** Its abilities. */
  caps?: string[];
  /** Its commands. */
  commands?: string[];
  /** Where it is. */
  remoteIp?: string;
  /** Whether nobody need be told. */
  silent?: boolean;
}

/** Answer of `node.pair.request`. */
export interface NodePairRequestResult {
  /** Always `pending`. */
  status: string;
  /** The request. */
  request: NodePairPending;
  /** Whether it is new. */
  created: boolean;
}

/** Params of `node.pair.verify`. */
export interface NodePairVerifyParams {
  /** The node. */
  nodeId: string;
  /** The token that it shows. */
  token: string;
}

/** Answer of `node.pair.verify`. */
export interface NodePairVerifyResult {
  /** Whether the token is this node's. */
  ok: boolean;
  /** The node, if it is. */
  node?: NodePaired;
}

/** A node that was paired. */
export interface NodePaired {
  /** The id that the node gives itself. */
  nodeId: string;
  /** Its token; told once, by `node.pair.approve`. */
  token?: string;
  /** Its name. */
  displayName?: string;
  /** Its operating system. */
  platform?: string;
  /** Version of its program. */
  version?: string;
  /** Since when it is known, in Unix milliseconds. */
  createdAtMs: number;
  /** When it was approved, in Unix milliseconds. */
  approvedAtMs: number;
}

/** Params of `node.pending.cancel`. */
export interface NodePendingCancelParams {
  /** Which command that waits. */
  id: string;
}

/** Answer of `node.pending.cancel`. */
export interface NodePendingCancelResult {
  /** Always true. */
  ok: boolean;
  /** Whether it still waited. */
  cancelled: boolean;
}

/** Params of `node.pending.list`. */
export interface NodePendingListParams {
  /** Only for this node. */
  nodeId?: string;
}

/** Answer of `node.pending.list`. */
export interface NodePendingListResult {
  /** When, in Unix milliseconds. */
  ts: number;
  /** What waits, oldest first. */
  pending: PendingCommand[];
}

/** Params of `node.rename`. */
export interface NodeRenameParams {
  /** Which node. */
  nodeId: string;
  /** Its new name. */
  displayName: string;
}

/** Answer of `node.rename`. */
export interface NodeRenameResult {
  /** Which node. */
  nodeId: string;
  /** Its new name. */
  displayName: string;
}

/** A node: what it says of itself, and what of it is in force. */
export interface NodeRow {
  /** Its id: that of its device. */
  nodeId: string;
  /** Its name: the one that the owner gave it, else its own. */
  displayName?: string;
  /** Its operating system. */
  platform?: string;
  /** Version of its program. */
  version?: string;
  /** For example `iPhone`. */
  deviceFamily?: string;
  /** For example `iPhone17,1`. */
  modelIdentifier?: string;
  /** Where it connected from. */
  remoteIp?: string;
  /** Its abilities, sorted; shown only. */
  caps: string[];
  /**
   * Commands that it may be sent, sorted: those that it declares, the gateway allows and somebody
   * approved.
   */
  commands: string[];
  /** Commands that it declares and the gateway does not allow, sorted. */
  blockedCommands?: string[];
  /** Commands that it declares, that the gateway allows, and that nobody approved for it, sorted. */
  unapprovedCommands?: string[];
  /** What its operating system permits; shown only. */
  permissions?: Record<string, boolean>;
  /** Its `PATH`. */
  pathEnv?: string;
  /** Since when it is connected, in Unix milliseconds. */
  connectedAtMs?: number;
  /** Commands that wait for it. */
  waiting?: number;
  /** Whether its device is paired as a node. */
  paired: boolean;
  /** Whether it is connected. */
  connected: boolean;
}

/** Answer of `outbox.drop`. */
export interface OutboxDropResult {
  /** Always true. */
  ok: boolean;
  /** Whether one was dead, and is dropped. */
  dropped: boolean;
}

/** Params of `outbox.list`. */
export interface OutboxListParams {
  /** Which parts; `dead` if absent. */
  state?: OutboxLot;
  /** Only of this network. */
  channel?: string;
  /** Only of this account of the network. */
  accountId?: string;
  /** At most so many; 100 if absent. */
  limit?: number;
}

/** Answer of `outbox.list`. */
export interface OutboxListResult {
  /** When, in Unix milliseconds. */
  ts: number;
  /** Newest first. */
  parts: OutboxPart[];
}

/** Which parts of the outbox. */
export type OutboxLot =
  /** Those that wait or are on their way. */
  | "open"
  /** Those that were given up. */
  | "dead";

/** One message on a network, as the outbox keeps it. */
export interface OutboxPart {
  /** Its number, growing. */
  no: number;
  /** Its name, the same in every try. */
  id: string;
  /** Its place in the answer, from 0. */
  part: number;
  /** How many parts the answer has. */
  parts: number;
  /** The network. */
  channel: string;
  /** Through which account. */
  accountId: string;
  /** To which conversation. */
  to: string;
  /** `direct`, `group` or `channel`. */
  chatType: string;
  /** In which thread or topic of it. */
  threadId?: string;
  /** What it is. */
  kind: PartKind;
  /** The beginning of its words, at most 280 characters; the question of a poll. */
  text: string;
  /** How far it is. */
  state: PartState;
  /** How often it was tried. */
  attempts: number;
  /** When it was decided, in Unix milliseconds. */
  createdAtMs: number;
  /** When it is too old to be sent unasked, in Unix milliseconds. */
  expiresAtMs: number;
  /** Not to be tried before, in Unix milliseconds. */
  notBeforeMs?: number;
  /** A try of unknown end began then, in Unix milliseconds: it may be on the network twice. */
  maybeSentSinceMs?: number;
  /** When it ended, in Unix milliseconds. */
  settledAtMs?: number;
  /** The network's id of the message. */
  messageId?: string;
  /** The network's id of the poll. */
  pollId?: string;
  /** Why the last try failed. */
  error?: string;
  /** The session that it was said in. */
  sessionKey?: string;
  /** The run that said it. */
  runId?: string;
}

/** Params of `outbox.retry` and `outbox.drop`: either `no` or `id`. */
export interface OutboxPartParams {
  /** The part's number. */
  no?: number;
  /**
   * The part's name, or whatever `messages.trace` takes: then every part of that message that was
   * given up is meant.
   */
  id?: string;
}

/** Answer of `outbox.retry`. */
export interface OutboxRetryResult {
  /** Always true. */
  ok: boolean;
  /** Whether one was dead, and is tried again. */
  retried: boolean;
}

/** Params of `device.pair.approve` and `device.pair.reject`. */
export interface PairRequestParams {
  /** The request, as it was shown. */
  requestId: string;
}

/** A device that may join. */
export interface PairedDevice {
  /** Hex SHA-256 of its key. */
  deviceId: string;
  /** Its key, base64url. */
  publicKey: string;
  /** What the owner calls it. */
  label?: string;
  /** What it calls itself. */
  displayName?: string;
  /** Its operating system, as it says. */
  platform?: string;
  /** What kind of device it is, as it says. */
  deviceFamily?: string;
  /** The program, as it says. */
  clientId?: string;
  /** How it is used, as it says. */
  clientMode?: string;
  /** The role whose token is the newest. */
  role: Role;
  /** Every role that it has. */
  roles: Role[];
  /** What it may do as an operator. */
  scopes: string[];
  /** From where it last came; absent if that was this machine. */
  remoteIp?: string;
  /** Its tokens, by role. */
  tokens: DeviceTokenLine[];
  /** When it was paired, in Unix milliseconds. */
  createdAtMs: number;
  /** When it was last given more than it had, in Unix milliseconds. */
  approvedAtMs: number;
  /** How far it is trusted. */
  trust: TrustLevel;
  /** How that came, newest first, at most 20. */
  trustChanges: TrustChangeLine[];
  /** Whether it is connected now. */
  connected: boolean;
  /** Whether it is the device that asks. */
  own: boolean;
}

/** What a part is. */
export type PartKind =
  /** Words. */
  | "text"
  /** A file, perhaps with words. */
  | "media"
  /** A question with answers to choose from. */
  | "poll"
  | (string & {});

/** How far a part is. */
export type PartState =
  /** Waits for its turn. */
  | "prepared"
  /** On its way. */
  | "sending"
  /** Nobody knows whether it arrived; it is looked up or tried once more. */
  | "ambiguous"
  /** The network has it. */
  | "sent"
  /** It was given up; a person may try again or drop it. */
  | "dead"
  /** A person dropped it. */
  | "dropped"
  | (string & {});

/** A command that waits for its node. */
export interface PendingCommand {
  /** Its id, for `node.pending.cancel`. */
  id: string;
  /** Which node. */
  nodeId: string;
  /** The command. */
  command: string;
  /** Since when, in Unix milliseconds. */
  queuedAtMs: number;
  /** When it is given up, in Unix milliseconds. */
  expiresAtMs: number;
}

/** A device that wants to join, or wants more. All names are what it says of itself. */
export interface PendingDevice {
  /** The request; another one of the device with other contents voids it. */
  requestId: string;
  /** The device: hex SHA-256 of its key. */
  deviceId: string;
  /** Its key, base64url. */
  publicKey: string;
  /** Its name. */
  displayName?: string;
  /** Its operating system. */
  platform?: string;
  /** What kind of device it is. */
  deviceFamily?: string;
  /** The program. */
  clientId?: string;
  /** How it is used. */
  clientMode?: string;
  /** The role that it wants. */
  role: Role;
  /** The same as a list, as older clients read it. */
  roles: Role[];
  /** The scopes that it wants. */
  scopes: string[];
  /** The scopes that it has in this role. */
  grantedScopes: string[];
  /** The commands that it offers as a node: what is approved is that it may be sent these. */
  commands?: string[];
  /** The commands that it may be sent already, on a machine of the system that it says it is. */
  grantedCommands?: string[];
  /** From where it asks; absent if that is this machine. */
  remoteIp?: string;
  /** Always false: what needs nobody's decision is not asked. */
  silent: boolean;
  /** Whether the device is known and wants more. */
  isRepair: boolean;
  /** When the request is void, in Unix milliseconds. */
  expiresAtMs: number;
  /** When, in Unix milliseconds. */
  ts: number;
}

/** Params of `node.pluginSurface.refresh`. */
export interface PluginSurfaceParams {
  /** The surface; `canvas` is the only one. */
  surface: string;
}

/** Answer of `node.pluginSurface.refresh`. */
export interface PluginSurfaceResult {
  /** The surface. */
  surface: string;
  /** Where it is now, by its name. */
  pluginSurfaceUrls: Record<string, string>;
  /** When the address ends unless it is used, in Unix milliseconds. */
  expiresAtMs: number;
}

/** Numbers to respect; exactly the ones that are enforced. */
export interface Policy {
  /** Largest inbound message in bytes. */
  maxPayload: number;
  /** Largest backlog of events in bytes. */
  maxBufferedBytes: number;
  /** Interval of `tick` in milliseconds. */
  tickIntervalMs: number;
}

/** Params of `poll`. */
export interface PollParams {
  /** Where to: a peer on the channel. */
  to: string;
  /** What to ask. */
  question: string;
  /** The answers to choose from. */
  options: string[];
  /** Same key and params: same answer, one poll. */
  idempotencyKey: string;
  /** How many may be chosen; 1 if absent. */
  maxSelections?: number;
  /** How long it is open, in hours; the network decides if absent. */
  durationHours?: number;
  /** The network. */
  channel?: string;
  /** Through which account; the network's default one if absent. */
  accountId?: string;
  /** In which thread or topic of the conversation. */
  threadId?: string;
}

/** The presence list as an event. */
export interface Presence {
  /** Newest first. */
  presence: PresenceEntry[];
}

/** One entry of the presence list. */
export interface PresenceEntry {
  /** Name of the machine or client. */
  host?: string;
  /** Its address, for remote clients. */
  ip?: string;
  /** Version of the client. */
  version?: string;
  /** Operating system. */
  platform?: string;
  /** For example `Mac`. */
  deviceFamily?: string;
  /** Hardware. */
  modelIdentifier?: string;
  /** How it is used. */
  mode?: string;
  /** Seconds since a person used it. */
  lastInputSeconds?: number;
  /** What led to this entry. */
  reason?: string;
  /** Free words. */
  tags?: string[];
  /** A line for people. */
  text?: string;
  /** Last sign of life, in Unix milliseconds. */
  ts?: number;
  /** The device. */
  deviceId?: string;
  /** Roles in use. */
  roles?: string[];
  /** Scopes in use. */
  scopes?: string[];
  /** One run of one program. */
  instanceId?: string;
}

/** One message in brief. */
export interface PreviewItem {
  /** `user`, `assistant`, `tool`, `system` or `other`. */
  role: string;
  /** Its words. */
  text: string;
}

/** Figures of the process. */
export interface ProcessHealth {
  /** Version of the program. */
  version: string;
  /** Process id. */
  pid: number;
  /** Resident memory in bytes, where the system tells. */
  rssBytes?: number;
  /** Connections that finished the handshake. */
  connections: number;
  /** Runs at work. */
  runsActive: number;
  /** Runs that wait for their turn. */
  runsQueued: number;
}

/** A message that waits for its turn. */
export interface QueuedMessage {
  /** The run that it will start. */
  runId: string;
  /** Its text. */
  text: string;
}

/** One recent session. */
export interface RecentSession {
  /** Its key. */
  key: string;
  /** Last change, in Unix milliseconds. */
  updatedAt: number | null;
  /** Time since then, in milliseconds. */
  age: number | null;
}

/** How usage is shown under answers. */
export type ResponseUsage =
  /** Not at all. */
  | "off"
  /** Tokens. */
  | "tokens"
  /** Everything. */
  | "full"
  /** The same as tokens. */
  | "on"
  | (string & {});

/** What a connection is. */
export type Role =
  /** A person's client or an automation: calls methods within its scopes. */
  | "operator"
  /** A machine that offers commands. */
  | "node"
  | (string & {});

/** Tokens of one run. */
export interface RunUsage {
  /** Tokens read. */
  input: number;
  /** Tokens written. */
  output: number;
  /** Tokens read from the provider's cache. */
  cacheRead: number;
  /** Tokens written to the provider's cache. */
  cacheWrite: number;
  /** All of them. */
  total: number;
}

/** A right of an operator. */
export type Scope =
  /** Everything. */
  | "operator.admin"
  /** Decide on commands that wait for a person. */
  | "operator.approvals"
  /** Decide on devices that want to join. */
  | "operator.pairing"
  /** Answer questions that an agent asks. */
  | "operator.questions"
  /** See state and history. */
  | "operator.read"
  /** Talk to agents and send messages; includes `Scope::Read`. */
  | "operator.write";

/** Params of `screen.record`. */
export interface ScreenRecordParams {
  /** Which screen, from 0. */
  screenIndex?: number;
  /** How long, in milliseconds. */
  durationMs?: number;
  /** Pictures a second. */
  fps?: number;
  /** `mp4`. */
  format?: string;
  /** Whether with sound. */
  includeAudio?: boolean;
}

/** Params of `send`. */
export interface SendParams {
  /** Where to: a peer on the channel, or a session key for WebChat. */
  to: string;
  /** What to say. */
  message: string;
  /** Same key and params: same answer, one delivery. */
  idempotencyKey: string;
  /**
   * A picture or file to add: an `https` or `http` address, which the gateway fetches, or a
   * `data:` address in base64 that holds it (`data:image/png;name=cat.png;base64,…`). What it
   * is is told by its first bytes.
   */
  mediaUrl?: string;
  /** Several of them. */
  mediaUrls?: string[];
  /** Accepted and not used: pictures that move are sent as what they are. */
  gifPlayback?: boolean;
  /** The network, or `webchat`. Absent means `webchat` if `to` is a session here. */
  channel?: string;
  /** Through which account; the network's default one if absent. WebChat has one. */
  accountId?: string;
  /** In which thread or topic of the conversation. */
  threadId?: string;
  /** The session that keeps a copy; the one of the conversation if absent. WebChat's is `to`. */
  sessionKey?: string;
}

/** Whether messages may be sent. */
export type SendPolicy =
  /** Yes. */
  | "allow"
  /** No: `agent` and `chat.send` are refused. */
  | "deny"
  | (string & {});

/**
 * Answer of `send` and `poll`. The conversation stands under the name that the family uses for
 * the network; see `SendResult::in_conversation`.
 */
export interface SendResult {
  /** The idempotency key. */
  runId: string;
  /**
   * The message's id on its channel; while it is `queued`, its name in the outbox. Of several
   * parts, the last.
   */
  messageId: string;
  /** The channel. */
  channel: string;
  /** The conversation, where the family says chat; for WebChat the session key. */
  chatId?: string;
  /** The conversation, where the family says channel. */
  channelId?: string;
  /** The conversation, where the family says jid. */
  toJid?: string;
  /** The conversation, elsewhere. */
  conversationId?: string;
  /** The account; absent for WebChat. */
  accountId?: string;
  /** The poll's id on its channel. */
  pollId?: string;
  /**
   * True if the network does not have it yet: it is kept in the outbox and sent as soon as
   * that is possible.
   */
  queued?: boolean;
}

/** Somebody who was let in, for direct chats with one account. */
export interface SenderAdmitted {
  /** The network. */
  channel: string;
  /** Through which account. */
  accountId: string;
  /** The network's stable id of the person. */
  senderId: string;
  /** What the person is called there. */
  name?: string;
  /** Whether the person is the owner. */
  owner: boolean;
  /** Since when, in Unix milliseconds. */
  sinceMs: number;
}

/** Somebody who asks to be let in. Names are what the person says of itself. */
export interface SenderAsking {
  /** The network. */
  channel: string;
  /** Through which account. */
  accountId: string;
  /** The network's stable id of the person. */
  senderId: string;
  /** What the person is called there. */
  name?: string;
  /** The code that the person was shown. */
  code: string;
  /** Since when, in Unix milliseconds. */
  createdAtMs: number;
  /** When the code is void, in Unix milliseconds. */
  expiresAtMs: number;
}

/** Params of `channels.pairing.list` and `channels.senders.list`. */
export interface SendersParams {
  /** Only on this network. */
  channel?: string;
  /** Only through this account. */
  accountId?: string;
}

/** About the gateway. */
export interface ServerInfo {
  /** Version of the program. */
  version: string;
  /** Host name. */
  host?: string;
  /** This connection. */
  connId: string;
  /** This start of the gateway. */
  bootId: string;
}

/** Names of the main session. */
export interface SessionDefaults {
  /** The agent that answers by default. */
  defaultAgentId: string;
  /** The alias of the main session. */
  mainKey: string;
  /** The canonical key of the main session. */
  mainSessionKey: string;
  /** `per-sender`. */
  scope: string;
  /** Whether a model is configured; without one the offline agent answers. */
  modelConfigured: boolean;
}

/** What is stored about a session. */
export interface SessionEntry {
  /** Its id. */
  sessionId?: string;
  /** Last change, in Unix milliseconds. */
  updatedAt?: number;
  /** Whether the system prompt was sent. */
  systemSent?: boolean;
  /** Whether the last run was aborted. */
  abortedLastRun?: boolean;
  /** Its name. */
  label?: string;
  /** Thinking level. */
  thinkingLevel?: string;
  /** Verbosity. */
  verboseLevel?: string;
  /** Reasoning level. */
  reasoningLevel?: string;
  /** Kept for clients of the family. */
  elevatedLevel?: string;
  /** Kept for clients of the family. */
  execHost?: string;
  /** Kept for clients of the family. */
  execSecurity?: string;
  /** Kept for clients of the family. */
  execAsk?: string;
  /** Kept for clients of the family. */
  execNode?: string;
  /** The provider that was chosen for this session. */
  providerOverride?: string;
  /** The model that was chosen for this session. */
  modelOverride?: string;
  /** The session that asked for this one. */
  spawnedBy?: string;
  /** How usage is shown. */
  responseUsage?: ResponseUsage;
  /** Whether messages may be sent. */
  sendPolicy?: SendPolicy;
  /** When the agent answers in a group. */
  groupActivation?: GroupActivation;
  /** Tokens of the last turn's input. */
  inputTokens?: number;
  /** Tokens of the last turn's output. */
  outputTokens?: number;
  /** Tokens in the context. */
  totalTokens?: number;
  /** The provider of the last turn. */
  modelProvider?: string;
  /** The model of the last turn. */
  model?: string;
}

/** What a session starts with. */
export interface SessionListDefaults {
  /** The provider. */
  modelProvider: string | null;
  /** The model. */
  model: string | null;
  /** Its context in tokens. */
  contextTokens: number | null;
}

/** Where a session was last spoken to from. */
export interface SessionOrigin {
  /** For people: the group's name, else the person's. */
  label?: string;
  /** The chat network. */
  provider: string;
  /** The same. */
  surface: string;
  /** `direct`, `group` or `channel`. */
  chatType: string;
  /** The network's stable id of the person. */
  from: string;
  /** The conversation. */
  to: string;
  /** Through which account. */
  accountId: string;
  /** The thread or topic. */
  threadId?: string;
}

/** The end of one session. */
export interface SessionPreview {
  /** The session as the caller named it. */
  key: string;
  /** `ok`, `empty` or `missing`. */
  status: string;
  /** Oldest first. */
  items: PreviewItem[];
}

/** One session. */
export interface SessionRow {
  /** Its key. */
  key: string;
  /** `direct`, `group`, `global` or `unknown`. */
  kind: string;
  /** Its label. */
  label?: string;
  /** Its name. */
  displayName?: string;
  /** A title made from its first message. */
  derivedTitle?: string;
  /** The beginning of its last message. */
  lastMessagePreview?: string;
  /** The chat network that it belongs to. */
  channel?: string;
  /** `direct`, `group` or `channel`. */
  chatType?: string;
  /** The name of the group on its network. */
  subject?: string;
  /** Where it was last spoken to from, if that was a chat network. */
  origin?: SessionOrigin;
  /** Where its answers go, if that is a chat network. */
  deliveryContext?: DeliveryContext;
  /** Last change, in Unix milliseconds. */
  updatedAt: number | null;
  /** Its id. */
  sessionId: string;
  /** Whether the system prompt was sent. */
  systemSent: boolean;
  /** Whether the last run was aborted. */
  abortedLastRun: boolean;
  /** Thinking level, if set. */
  thinkingLevel?: string;
  /** Verbosity, if set. */
  verboseLevel?: string;
  /** Reasoning level, if set. */
  reasoningLevel?: string;
  /** Whether messages may be sent: `allow` or `deny`, if set. */
  sendPolicy?: string;
  /** Tokens of the last turn's input. */
  inputTokens?: number;
  /** Tokens of the last turn's output. */
  outputTokens?: number;
  /** Tokens in the context. */
  totalTokens: number;
  /** The provider. */
  modelProvider?: string;
  /** The model. */
  model?: string;
  /** Its context in tokens. */
  contextTokens?: number;
  /** Number of messages. */
  messageCount: number;
  /** Whether a run is at work. */
  activeRun: boolean;
  /** Where its last message came from. */
  lastChannel?: string;
  /** The conversation there. */
  lastTo?: string;
  /** The account there. */
  lastAccountId?: string;
  /** The thread or topic there. */
  lastThreadId?: string;
}

/** Params of `sessions.delete`. */
export interface SessionsDeleteParams {
  /** The session. */
  key: string;
  /** Delete the messages too; true if absent. Otherwise they stay, out of every list. */
  deleteTranscript?: boolean;
}

/** Answer of `sessions.delete`. */
export interface SessionsDeleteResult {
  /** Always true. */
  ok: boolean;
  /** The canonical key. */
  key: string;
  /** Whether it existed. */
  deleted: boolean;
  /** Files that were set aside: none, there are no transcript files. */
  archived: string[];
}

/** Sessions in brief. */
export interface SessionsHealth {
  /** Where they are kept. */
  path: string;
  /** How many there are. */
  count: number;
  /** The five newest. */
  recent: RecentSession[];
}

/** Params of `sessions.list`. */
export interface SessionsListParams {
  /** At most so many; 1000 if absent. */
  limit?: number;
  /** Only those changed in so many minutes. */
  activeMinutes?: number;
  /** Include the session `global`. */
  includeGlobal?: boolean;
  /** Include the session `unknown`. */
  includeUnknown?: boolean;
  /** Make a title from the first message where there is none. */
  includeDerivedTitles?: boolean;
  /** Add the beginning of the last message. */
  includeLastMessage?: boolean;
  /** Only the session of this label. */
  label?: string;
  /** Only sessions that this one asked for. */
  spawnedBy?: string;
  /** Only sessions of this agent. */
  agentId?: string;
  /** Words in the key, the label, the title or any message. */
  search?: string;
}

/** Answer of `sessions.list`. */
export interface SessionsListResult {
  /** When, in Unix milliseconds. */
  ts: number;
  /** Where they are kept. */
  path: string;
  /** How many rows follow. */
  count: number;
  /** What a session starts with. */
  defaults: SessionListDefaults;
  /** Newest first. */
  sessions: SessionRow[];
}

/** Params of `sessions.patch`: absent keeps, null clears. */
export interface SessionsPatchParams {
  /** The session; made if it does not exist. */
  key: string;
  /** A name, unique. */
  label?: string | null;
  /** `off`, `minimal`, `low`, `medium`, `high` or `xhigh`. */
  thinkingLevel?: string | null;
  /** `on`, `full` or `off`. */
  verboseLevel?: string | null;
  /** `on`, `off` or `stream`. */
  reasoningLevel?: string | null;
  /** Kept for clients of the family; nothing here reads it. */
  elevatedLevel?: string | null;
  /** Kept for clients of the family; nothing here reads it. */
  execHost?: string | null;
  /** Kept for clients of the family; nothing here reads it. */
  execSecurity?: string | null;
  /** Kept for clients of the family; nothing here reads it. */
  execAsk?: string | null;
  /** Kept for clients of the family; nothing here reads it. */
  execNode?: string | null;
  /** `provider/model`, or a model id that only one provider has. */
  model?: string | null;
  /** The session that asked for this one; written once. */
  spawnedBy?: string | null;
  /** How usage is shown under answers. */
  responseUsage?: ResponseUsage | null;
  /** Whether messages may be sent. */
  sendPolicy?: SendPolicy | null;
  /** When the agent answers in a group. */
  groupActivation?: GroupActivation | null;
}

/** Answer of `sessions.patch`. */
export interface SessionsPatchResult {
  /** Always true. */
  ok: boolean;
  /** Where it is kept. */
  path: string;
  /** The canonical key. */
  key: string;
  /** The session after the change. */
  entry: SessionEntry;
}

/** Params of `sessions.preview`. */
export interface SessionsPreviewParams {
  /** Sessions; the first 64 are read. */
  keys: string[];
  /** Messages of each; 12 if absent. */
  limit?: number;
  /** Characters of each message; 240 if absent. */
  maxChars?: number;
}

/** Answer of `sessions.preview`. */
export interface SessionsPreviewResult {
  /** When, in Unix milliseconds. */
  ts: number;
  /** In the order asked for. */
  previews: SessionPreview[];
}

/** Params of `sessions.reset`. */
export interface SessionsResetParams {
  /** The session. */
  key: string;
}

/** Answer of `sessions.reset`. */
export interface SessionsResetResult {
  /** Always true. */
  ok: boolean;
  /** The canonical key. */
  key: string;
  /** The session with its new id. */
  entry: SessionEntry;
}

/** Params of `sessions.resolve`: exactly one of key, session id and label. */
export interface SessionsResolveParams {
  /** A key or alias. */
  key?: string;
  /** An id. */
  sessionId?: string;
  /** A label. */
  label?: string;
  /** Only sessions of this agent. */
  agentId?: string;
  /** Only sessions that this one asked for. */
  spawnedBy?: string;
  /** Include the session `global`. */
  includeGlobal?: boolean;
  /** Include the session `unknown`. */
  includeUnknown?: boolean;
}

/** Answer of `sessions.resolve`. */
export interface SessionsResolveResult {
  /** Always true. */
  ok: boolean;
  /** The canonical key. */
  key: string;
}

/** What a setup code is good for. */
export type SetupAccess =
  /** Every right of an operator, and to be a node. */
  | "full"
  /** To read, to write, to decide on commands and questions, and to be a node: no administration. */
  | "limited"
  /** To be a node. */
  | "node"
  | (string & {});

/** What somebody may ask a setup code to be good for. */
export type SetupProfile =
  /** `SetupAccess::Limited`. */
  | "limited"
  /** `SetupAccess::Node`. */
  | "node";

/** The gateway is about to close every connection. */
export interface Shutdown {
  /** `gateway stopping` or `gateway restarting`. */
  reason: string;
  /** When it will be back, in milliseconds; null if it will not by itself. */
  restartExpectedMs: number | null;
}

/** Answer of `skills.bins`. */
export interface SkillsBinsResult {
  /** Programs that the skills of this gateway need, sorted. */
  bins: string[];
}

/** Params of `sms.send`. */
export interface SmsSendParams {
  /** The number. */
  to: string;
  /** The words. */
  message: string;
}

/** Answer of `sms.send`. */
export interface SmsSendResult {
  /** Whether the phone took it. */
  ok?: boolean;
  /** The number. */
  to?: string;
}

/** State at the moment of joining. */
export interface Snapshot {
  /** Who is connected, newest first. */
  presence: PresenceEntry[];
  /** The health summary; empty before it was first computed. */
  health: unknown;
  /** Versions of both. */
  stateVersion: StateVersion;
  /** How long the gateway runs, in milliseconds. */
  uptimeMs: number;
  /** Path of the configuration file. */
  configPath?: string;
  /** Path of the state directory. */
  stateDir?: string;
  /** Names of the main session. */
  sessionDefaults: SessionDefaults;
  /** How the gateway authenticates: `token` or `password`. */
  authMode: string;
}

/** Versions of the state that an event carries. */
export interface StateVersion {
  /** Counts changes of the presence list. */
  presence: number;
  /** Counts changes of the health summary. */
  health: number;
}

/** Sessions of one agent in the status. */
export interface StatusAgentSessions {
  /** The agent. */
  agentId: string;
  /** Where they are kept. */
  path: string;
  /** How many there are. */
  count: number;
  /** The ten newest. */
  recent: StatusSession[];
}

/** What a session starts with. */
export interface StatusDefaults {
  /** The model. */
  model: string | null;
  /** Its context in tokens. */
  contextTokens: number | null;
}

/** Heartbeats by agent. */
export interface StatusHeartbeat {
  /** The agent that answers by default. */
  defaultAgentId: string;
  /** One row per agent. */
  agents: StatusHeartbeatAgent[];
}

/** The heartbeat of one agent. */
export interface StatusHeartbeatAgent {
  /** Its id. */
  agentId: string;
  /** Whether it is on. */
  enabled: boolean;
  /** The interval as written. */
  every: string;
  /** The interval in milliseconds; null when off. */
  everyMs: number | null;
}

/** One session in the status. */
export interface StatusSession {
  /** Its agent. */
  agentId: string;
  /** Its key. */
  key: string;
  /** `direct`, `group`, `global` or `unknown`. */
  kind: string;
  /** Its id. */
  sessionId: string;
  /** Last change, in Unix milliseconds. */
  updatedAt: number | null;
  /** Time since then, in milliseconds. */
  age: number | null;
  /** Thinking level, if set. */
  thinkingLevel?: string;
  /** Verbosity, if set. */
  verboseLevel?: string;
  /** Whether the system prompt was sent. */
  systemSent: boolean;
  /** Whether the last run was aborted. */
  abortedLastRun: boolean;
  /** Tokens of the last turn's input. */
  inputTokens?: number;
  /** Tokens of the last turn's output. */
  outputTokens?: number;
  /** Tokens in the context. */
  totalTokens: number;
  /** Tokens left in the context. */
  remainingTokens: number | null;
  /** Share of the context that is used. */
  percentUsed: number | null;
  /** The model. */
  model: string | null;
  /** Its context in tokens. */
  contextTokens: number | null;
  /** Settings that differ from the default, as short words. */
  flags: string[];
}

/** Sessions in the status. */
export interface StatusSessions {
  /** Where they are kept. */
  paths: string[];
  /** How many there are. */
  count: number;
  /** What a session starts with. */
  defaults: StatusDefaults;
  /** The ten newest. */
  recent: StatusSession[];
  /** The same by agent. */
  byAgent: StatusAgentSessions[];
}

/** The state of sessions, for the status page. */
export interface StatusSummary {
  /** Heartbeats by agent. */
  heartbeat: StatusHeartbeat;
  /** A line per channel. */
  channelSummary: string[];
  /** System events that wait for the next run of the main session. */
  queuedSystemEvents: string[];
  /** Sessions. */
  sessions: StatusSessions;
  /** True number of presence entries; the list is cut at 200. */
  presenceCount: number;
}

/** A beacon of a machine, or a line for the main session. */
export interface SystemEventParams {
  /** A `Node: …` line, or free text. */
  text: string;
  /** The device. */
  deviceId?: string;
  /** One run of one program. */
  instanceId?: string;
  /** Name of the machine. */
  host?: string;
  /** Its address. */
  ip?: string;
  /** How it is used. */
  mode?: string;
  /** Version of the program. */
  version?: string;
  /** Operating system. */
  platform?: string;
  /** For example `Mac`. */
  deviceFamily?: string;
  /** Hardware. */
  modelIdentifier?: string;
  /** What led to the beacon. */
  reason?: string;
  /** Seconds since a person used it. */
  lastInputSeconds?: number;
  /** Roles. */
  roles?: string[];
  /** Scopes. */
  scopes?: string[];
  /** Free words. */
  tags?: string[];
}

/** Answer of `system.execApprovals.get` and `set`. */
export interface SystemExecApprovalsResult {
  /** Where the file is. */
  path: string;
  /** Whether it is there. */
  exists: boolean;
  /** Hex SHA-256 of its text. */
  hash: string;
  /** What is in it. */
  file: unknown;
}

/** Params of `system.execApprovals.set`. */
export interface SystemExecApprovalsSetParams {
  /** The whole file, as `system.execApprovals.get` shows it. */
  file: unknown;
  /** The `hash` of what it replaces; needed when there is a file. */
  baseHash?: string;
}

/** Params of `system.notify`. */
export interface SystemNotifyParams {
  /** The first line. */
  title?: string;
  /** The words. */
  body?: string;
  /** The name of a sound. */
  sound?: string;
  /** `passive`, `active` or `timeSensitive`. */
  priority?: string;
  /** `system`, `overlay` or `auto`. */
  delivery?: string;
}

/** Params of `system.run`. */
export interface SystemRunParams {
  /** The program and its arguments. */
  command: string[];
  /** The same as one line, for people; never run. */
  rawCommand?: string;
  /** Where it runs; the node's own folder if absent. */
  cwd?: string;
  /** Variables beside the few that every program gets. */
  env?: Record<string, string>;
  /** Time for it, in milliseconds. */
  timeoutMs?: number;
  /** Whether it wants to see the screen. */
  needsScreenRecording?: boolean;
  /** The agent on whose behalf it runs: its rules decide. */
  agentId?: string;
  /** The session in which it was asked for. */
  sessionKey?: string;
  /** Whether it was approved. Written by the gateway alone. */
  approved?: boolean;
  /**
   * What was approved, as `system.run.prepare` said: the node runs exactly that or nothing. A
   * node host of ours wants it with every approval.
   */
  subjectHash?: string;
  /** `allow-once` or `allow-always`. Written by the gateway alone. */
  approvalDecision?: string;
  /** The name of this run in `exec.*` events. Written by the gateway alone. */
  runId?: string;
}

/** What a node would run exactly, as the caller prepared it. */
export interface SystemRunPlan {
  /** The arguments. */
  argv: string[];
  /** The directory. */
  cwd: string | null;
  /** The command for people. */
  commandText: string;
  /** A shorter form of it. */
  commandPreview?: string | null;
  /** The agent. */
  agentId: string | null;
  /** The session. */
  sessionKey: string | null;
  /** A file that an argument names. */
  mutableFileOperand?: FileOperand | null;
}

/** Params of `system.run.prepare`: as for `system.run`. */
export interface SystemRunPrepareParams {
  /** The program and its arguments. */
  command: string[];
  /** Where it would run; the node's own folder if absent. */
  cwd?: string;
  /** Variables beside the few that every program gets. */
  env?: Record<string, string>;
}

/** Answer of `system.run.prepare`. */
export interface SystemRunPrepareResult {
  /** Hex SHA-256 of what would run: for `subjectHash` of `system.run`. */
  subjectHash: string;
  /** What would run, whole: arguments, files with their hashes, directory, machine and user. */
  subject: unknown;
}

/** Answer of `system.run`. */
export interface SystemRunResult {
  /** How it ended; `null` if it did not end by itself. */
  exitCode?: number | null;
  /** Whether its time was over. */
  timedOut: boolean;
  /** Whether it ended with 0 and in time. */
  success: boolean;
  /** What it wrote, cut at 200 kB. */
  stdout: string;
  /** What it complained of, cut at 200 kB. */
  stderr: string;
  /** Why it could not be run; `null` if it ran. */
  error?: string | null;
}

/** Params of `system.which`. */
export interface SystemWhichParams {
  /** Names of programs. */
  bins: string[];
}

/** Answer of `system.which`. */
export interface SystemWhichResult {
  /** Where each one is that is there. */
  bins: Record<string, string>;
}

/** A sign of life. */
export interface Tick {
  /** The gateway's clock in Unix milliseconds. */
  ts: number;
}

/** What arrived. */
export interface TracedInbound {
  /** The network. */
  channel: string;
  /** Through which account. */
  accountId: string;
  /** The conversation. */
  from: string;
  /** `direct`, `group` or `channel`. */
  chatType: string;
  /** Its thread or topic. */
  threadId?: string;
  /** The network's stable id of the person. */
  senderId: string;
  /** The network's id of the event. */
  providerId: string;
  /** The network's id of the message. */
  messageId: string;
  /** When it was sent, by the network's clock, in Unix milliseconds. */
  sentAtMs: number;
  /** When it was stored here, in Unix milliseconds. */
  arrivedAtMs: number;
  /** `accepted`, `answered`, `answered-empty` or `failed-with-notice`. */
  state: string;
  /** When it ended, in Unix milliseconds. */
  endedAtMs?: number;
  /** The session. */
  sessionKey?: string;
}

/** The way of one message: from the network, through a run, back to it. */
export interface TracedMessage {
  /** What arrived; absent if it began here. */
  inbound?: TracedInbound;
  /** The run that it asked for. */
  run?: TracedRun;
  /** What went out, part by part. */
  parts: OutboxPart[];
}

/** The run of a message. */
export interface TracedRun {
  /** The run. */
  runId: string;
  /** The session. */
  sessionKey: string;
  /** `queued`, `running` or `ended`. */
  state: string;
  /** When it was accepted, in Unix milliseconds. */
  acceptedAtMs: number;
  /** When it began, in Unix milliseconds. */
  startedAtMs?: number;
  /** When it ended, in Unix milliseconds. */
  endedAtMs?: number;
  /** How: `ok`, `error`, `aborted` or `interrupted`. */
  status?: string;
  /** Why it failed. */
  error?: string;
}

/** One change of the trust in a device. */
export interface TrustChangeLine {
  /** What it was. */
  from: TrustLevel;
  /** What it is from then on. */
  to: TrustLevel;
  /** Who changed it: `owner`, or `device:` and its id. */
  by: string;
  /** When, in Unix milliseconds. */
  atMs: number;
}

/** How far the owner trusts a device. */
export type TrustLevel =
  /** Nobody said anything of it. */
  | "untrusted"
  /** Somebody made sure that it is the device that it says it is. */
  | "verified"
  /** It is the owner's own. */
  | "trusted"
  | (string & {});

/** A hint for a form. */
export interface UiHint {
  /** Name for people. */
  label: string;
  /** Explanation. */
  help: string;
  /** Whether the value must be hidden. */
  sensitive: boolean;
}

/** How a request for more ended. */
export type UpgradeStatus =
  /** The device got it. */
  | "approved"
  /** Somebody said no, or the device asked for something else since. */
  | "rejected"
  /** Nobody answered. */
  | "expired"
  | (string & {});

/** Every method: what it takes and what it answers. */
export interface MethodMap {
  /**
   * Runs one turn of an agent. Answers twice: accepted (stored, will not be lost), then final.
   * A repeat with the same key gets the accepted answer while the run is at work and the
   * final one after it.
   */
  agent: {
    params: AgentParams;
    result: AgentFinal;
    ack: AgentAccepted;
  };
  /** How an agent is shown. */
  "agent.identity.get": {
    params: AgentIdentityParams;
    result: AgentIdentityResult;
  };
  /** Waits until a run has ended. An unknown run times out. */
  "agent.wait": {
    params: AgentWaitParams;
    result: AgentWaitResult;
  };
  /** The configured agents. */
  "agents.list": {
    params: NoParams;
    result: AgentsListResult;
  };
  /** Tells the agent what the caller did on a session's canvas: a run of that session. */
  "canvas.action": {
    params: CanvasActionParams;
    result: CanvasActionResult;
  };
  /**
   * An address of a session's canvas, good for ten minutes after its last use and, unless it is kept,
   * as long as this connection.
   */
  "canvas.open": {
    params: CanvasOpenParams;
    result: CanvasOpenResult;
  };
  /** Asks everyone who looks at the session to show its canvas. */
  "canvas.present": {
    params: CanvasViewParams;
    result: CanvasDone;
  };
  /** Adds A2UI messages to a session's canvas. */
  "canvas.push": {
    params: CanvasPushParams;
    result: CanvasPushResult;
  };
  /** Takes all A2UI surfaces of a session away. */
  "canvas.reset": {
    params: CanvasParams;
    result: CanvasDone;
  };
  /** What there is to see on a session's canvas. */
  "canvas.state": {
    params: CanvasParams;
    result: CanvasStateResult;
  };
  /** Stops an account and deletes the credential that the gateway keeps for it. */
  "channels.logout": {
    params: ChannelsLogoutParams;
    result: ChannelsLogoutResult;
  };
  /** Lets in whoever was shown this code. The code is spent. */
  "channels.pairing.approve": {
    params: ChannelsPairingApproveParams;
    result: ChannelsPairingApproveResult;
  };
  /** Refuses somebody who waits, or takes the right of somebody who was let in away again. */
  "channels.pairing.dismiss": {
    params: ChannelsPairingDismissParams;
    result: ChannelsPairingDismissResult;
  };
  /** People on chat networks who wait to be let in, with the codes that they were shown. */
  "channels.pairing.list": {
    params: SendersParams;
    result: ChannelsPairingListResult;
  };
  /** People on chat networks who were let in by a code. */
  "channels.senders.list": {
    params: SendersParams;
    result: ChannelsSendersListResult;
  };
  /** How every account on every chat network is; with `probe` the networks are asked first. */
  "channels.status": {
    params: ChannelsStatusParams;
    result: ChannelsStatusResult;
  };
  /** Stops one run or all runs of a session. */
  "chat.abort": {
    params: ChatAbortParams;
    result: ChatAbortResult;
  };
  /** The last messages of a session, oldest first, at most 6 MiB. */
  "chat.history": {
    params: ChatHistoryParams;
    result: ChatHistoryResult;
  };
  /**
   * Says something in a session. The answer comes as `chat` and `agent` events. A stop word
   * (`/stop`, `stop`, `esc`, `abort`, `wait`, `exit`, `interrupt`) ends the session's runs instead.
   */
  "chat.send": {
    params: ChatSendParams;
    result: ChatSendResult;
  };
  /** The configuration file and what is in force, without secrets. */
  "config.get": {
    params: NoParams;
    result: ConfigGetResult;
  };
  /** The JSON Schema of the configuration file. */
  "config.schema": {
    params: NoParams;
    result: ConfigSchemaResult;
  };
  /** Opens a connection. Only valid as the first request. */
  connect: {
    params: ConnectParams;
    result: HelloOk;
  };
  /**
   * Makes a one-time code with which one browser may join as the owner's device, within ten
   * minutes.
   */
  "dashboard.link": {
    params: NoParams;
    result: DashboardLinkResult;
  };
  /**
   * Gives a device exactly what this request asks for, which must be within what the caller may
   * do. A request that was replaced is refused with `details.code` `STALE`.
   */
  "device.pair.approve": {
    params: PairRequestParams;
    result: DevicePairApproveResult;
  };
  /** Devices that wait to be let in, and those that may join. No token is in it. */
  "device.pair.list": {
    params: NoParams;
    result: DevicePairListResult;
  };
  /** Refuses a request. */
  "device.pair.reject": {
    params: PairRequestParams;
    result: DevicePairRejectResult;
  };
  /** Forgets a device. Its tokens are worthless at once and its connections end. */
  "device.pair.remove": {
    params: DevicePairRemoveParams;
    result: DevicePairRemoveResult;
  };
  /** Gives a device a name of the owner's. */
  "device.pair.rename": {
    params: DevicePairRenameParams;
    result: DevicePairRenameResult;
  };
  /**
   * Makes a code with which one device joins, once, within ten minutes, without the gateway's
   * secret. Without a profile it is good for everything.
   */
  "device.pair.setupCode": {
    params: DevicePairSetupCodeParams;
    result: DevicePairSetupCodeResult;
  };
  /** Asks for more than the device has, on the live connection. Somebody must approve it. */
  "device.scopes.requestUpgrade": {
    params: DeviceUpgradeParams;
    result: DeviceUpgradeResult;
  };
  /** Waits until somebody decided on such a request of this device, and fetches the new token. */
  "device.scopes.waitUpgrade": {
    params: PairRequestParams;
    result: DeviceUpgradeOutcome;
  };
  /** Makes the token of a device worthless. Its connections in this role end. */
  "device.token.revoke": {
    params: DeviceTokenRevokeParams;
    result: DeviceTokenRevokeResult;
  };
  /** Replaces the token of a device, never with a wider one. Its connections in this role end. */
  "device.token.rotate": {
    params: DeviceTokenRotateParams;
    result: DeviceTokenRotateResult;
  };
  /** Says how far a device is trusted; kept with who said so. It gives no right by itself. */
  "device.trust.set": {
    params: DeviceTrustSetParams;
    result: DeviceTrustSetResult;
  };
  /** One command that waits for a decision or got one in the last day. */
  "exec.approval.get": {
    params: ExecApprovalGetParams;
    result: ExecApprovalGetResult;
  };
  /**
   * Commands about which somebody decided in the last day, or nobody in time; the newest end
   * first.
   */
  "exec.approval.history": {
    params: ExecApprovalHistoryParams;
    result: ExecApprovalHistoryResult;
  };
  /** Commands that wait for a decision, oldest first. */
  "exec.approval.list": {
    params: ExecApprovalListParams;
    result: ExecApprovalListResult;
  };
  /** Asks a person about a command and waits for the decision. Whoever asks does not decide. */
  "exec.approval.request": {
    params: ExecApprovalRequestParams;
    result: ExecApprovalRequestResult;
    ack: ExecApprovalRequestAck;
  };
  /** Decides about a command that waits. The first decision counts. */
  "exec.approval.resolve": {
    params: ExecApprovalResolveParams;
    result: ExecApprovalResolveResult;
  };
  /**
   * Waits for the decision about a command that somebody asked about; at once if it has ended
   * in the last day.
   */
  "exec.approval.waitDecision": {
    params: ExecApprovalWaitDecisionParams;
    result: ExecApprovalRequestResult;
  };
  /** The rules that say which commands run, which are asked about and which are refused. */
  "exec.approvals.get": {
    params: ExecApprovalsGetParams;
    result: ExecApprovalsSnapshot;
  };
  /** The rules of a node, as the node tells them. */
  "exec.approvals.node.get": {
    params: ExecApprovalsNodeGetParams;
    result: SystemExecApprovalsResult;
  };
  /** Sets the rules of a node. The node says whether the hash is the right one. */
  "exec.approvals.node.set": {
    params: ExecApprovalsNodeSetParams;
    result: SystemExecApprovalsResult;
  };
  /** Sets these rules. Needs the hash of the ones that are replaced, if there are any. */
  "exec.approvals.set": {
    params: ExecApprovalsSetParams;
    result: ExecApprovalsSnapshot;
  };
  /** The state of the gateway: cheap, computed on change or on a timer, never by the caller. */
  health: {
    params: HealthParams;
    result: HealthSummary;
  };
  /** The last heartbeat, or null if there was none. */
  "last-heartbeat": {
    params: NoParams;
    result: HeartbeatEvent | null;
  };
  /** The end of the gateway's log, or what came after a cursor. */
  "logs.tail": {
    params: LogsTailParams;
    result: LogsTailResult;
  };
  /** Where a message went: what arrived, the run, every part that went out, with times. */
  "messages.trace": {
    params: MessagesTraceParams;
    result: MessagesTraceResult;
  };
  /** Models of the configured providers. */
  "models.list": {
    params: ModelsListParams;
    result: ModelsListResult;
  };
  /** A fresh address of the canvas for a node of the family's spring releases. */
  "node.canvas.capability.refresh": {
    params: NoParams;
    result: CanvasCapabilityResult;
  };
  /** One node. */
  "node.describe": {
    params: NodeDescribeParams;
    result: NodeDescribeResult;
  };
  /**
   * What happened at a node: `chat.subscribe`, `chat.unsubscribe`, `voice.transcript`,
   * `agent.request`, `exec.started`, `exec.finished`, `exec.denied`.
   */
  "node.event": {
    params: NodeEventParams;
    result: NodeEventResult;
  };
  /**
   * Sends a node a command and waits for what comes of it: a result, an error, the end of its
   * time or of its connection, and exactly one of them.
   */
  "node.invoke": {
    params: NodeInvokeParams;
    result: NodeInvokeResult;
  };
  /** What came of a command that this connection was sent. */
  "node.invoke.result": {
    params: NodeInvokeResultParams;
    result: NodeInvokeResultAck;
  };
  /** Every node that is paired or connected. */
  "node.list": {
    params: NoParams;
    result: NodeListResult;
  };
  /** Pairs a name and makes a token for it. */
  "node.pair.approve": {
    params: NodePairDecideParams;
    result: NodePairApproveResult;
  };
  /** Names that wait, and names that were paired. */
  "node.pair.list": {
    params: NoParams;
    result: NodePairListResult;
  };
  /** Refuses a name. */
  "node.pair.reject": {
    params: NodePairDecideParams;
    result: NodePairRejectResult;
  };
  /** Asks that a name be paired. It lets nobody in: nodes join as devices. */
  "node.pair.request": {
    params: NodePairRequestParams;
    result: NodePairRequestResult;
  };
  /** Whether a token is that of a paired name. */
  "node.pair.verify": {
    params: NodePairVerifyParams;
    result: NodePairVerifyResult;
  };
  /** Gives up a command that waits. */
  "node.pending.cancel": {
    params: NodePendingCancelParams;
    result: NodePendingCancelResult;
  };
  /** Commands that wait for nodes that are away. */
  "node.pending.list": {
    params: NodePendingListParams;
    result: NodePendingListResult;
  };
  /** A fresh address of a surface for a node. */
  "node.pluginSurface.refresh": {
    params: PluginSurfaceParams;
    result: PluginSurfaceResult;
  };
  /** Gives a node another name. */
  "node.rename": {
    params: NodeRenameParams;
    result: NodeRenameResult;
  };
  /** Drops a part that was given up. */
  "outbox.drop": {
    params: OutboxPartParams;
    result: OutboxDropResult;
  };
  /** Parts that wait for a network, or that were given up. */
  "outbox.list": {
    params: OutboxListParams;
    result: OutboxListResult;
  };
  /** Tries a part that was given up again, and those of its answer that died with it. */
  "outbox.retry": {
    params: OutboxPartParams;
    result: OutboxRetryResult;
  };
  /** Asks a question with answers to choose from, in a conversation on a network that has polls. */
  poll: {
    params: PollParams;
    result: SendResult;
  };
  /** Delivers one message to a conversation, outside any agent run. */
  send: {
    params: SendParams;
    result: SendResult;
  };
  /** Deletes a session. The main session is refused. */
  "sessions.delete": {
    params: SessionsDeleteParams;
    result: SessionsDeleteResult;
  };
  /** Sessions, newest first; `search` finds words in any message. */
  "sessions.list": {
    params: SessionsListParams;
    result: SessionsListResult;
  };
  /** Changes settings of a session: model, thinking level, label and so on. */
  "sessions.patch": {
    params: SessionsPatchParams;
    result: SessionsPatchResult;
  };
  /** The last messages of several sessions, in brief. */
  "sessions.preview": {
    params: SessionsPreviewParams;
    result: SessionsPreviewResult;
  };
  /** Begins anew under the same key: a new session id, the settings kept. */
  "sessions.reset": {
    params: SessionsResetParams;
    result: SessionsResetResult;
  };
  /** The canonical key of a session named by key, id or label. */
  "sessions.resolve": {
    params: SessionsResolveParams;
    result: SessionsResolveResult;
  };
  /** Programs that skills need, for a node that looks whether it has them. */
  "skills.bins": {
    params: NoParams;
    result: SkillsBinsResult;
  };
  /** Sessions, heartbeats and queued system events. */
  status: {
    params: NoParams;
    result: StatusSummary;
  };
  /** A beacon of a machine (a line that starts with `Node:`), or a line for the main session. */
  "system-event": {
    params: SystemEventParams;
    result: Done;
  };
  /** Who is connected, newest first, at most 200. */
  "system-presence": {
    params: NoParams;
    result: PresenceEntry[];
  };
}

export type MethodName = keyof MethodMap;

/** What is fixed about a method. `ack`: it answers twice. */
export interface MethodSpec {
  readonly access: string;
  readonly effect: string;
  readonly since: number;
  readonly ack: boolean;
  readonly unstable: boolean;
}

export const METHODS = {
  agent: { access: "operator.write", effect: "keyed", since: 3, ack: true, unstable: false },
  "agent.identity.get": { access: "operator.read", effect: "read", since: 3, ack: false, unstable: false },
  "agent.wait": { access: "operator.write", effect: "read", since: 3, ack: false, unstable: false },
  "agents.list": { access: "operator.read", effect: "read", since: 3, ack: false, unstable: false },
  "canvas.action": { access: "operator.write", effect: "keyed", since: 4, ack: false, unstable: false },
  "canvas.open": { access: "operator.read", effect: "idempotent", since: 4, ack: false, unstable: false },
  "canvas.present": { access: "operator.write", effect: "idempotent", since: 4, ack: false, unstable: false },
  "canvas.push": { access: "operator.write", effect: "idempotent", since: 4, ack: false, unstable: false },
  "canvas.reset": { access: "operator.write", effect: "idempotent", since: 4, ack: false, unstable: false },
  "canvas.state": { access: "operator.read", effect: "read", since: 4, ack: false, unstable: false },
  "channels.logout": { access: "operator.admin", effect: "idempotent", since: 3, ack: false, unstable: false },
  "channels.pairing.approve": { access: "operator.pairing", effect: "idempotent", since: 3, ack: false, unstable: false },
  "channels.pairing.dismiss": { access: "operator.pairing", effect: "idempotent", since: 3, ack: false, unstable: false },
  "channels.pairing.list": { access: "operator.pairing", effect: "read", since: 3, ack: false, unstable: false },
  "channels.senders.list": { access: "operator.pairing", effect: "read", since: 3, ack: false, unstable: false },
  "channels.status": { access: "operator.read", effect: "read", since: 3, ack: false, unstable: false },
  "chat.abort": { access: "operator.write", effect: "idempotent", since: 3, ack: false, unstable: false },
  "chat.history": { access: "operator.read", effect: "read", since: 3, ack: false, unstable: false },
  "chat.send": { access: "operator.write", effect: "keyed", since: 3, ack: false, unstable: false },
  "config.get": { access: "operator.admin", effect: "read", since: 3, ack: false, unstable: false },
  "config.schema": { access: "operator.admin", effect: "read", since: 3, ack: false, unstable: false },
  connect: { access: "handshake", effect: "idempotent", since: 3, ack: false, unstable: false },
  "dashboard.link": { access: "operator.admin", effect: "idempotent", since: 4, ack: false, unstable: false },
  "device.pair.approve": { access: "operator.pairing", effect: "idempotent", since: 3, ack: false, unstable: false },
  "device.pair.list": { access: "operator.pairing", effect: "read", since: 3, ack: false, unstable: false },
  "device.pair.reject": { access: "operator.pairing", effect: "idempotent", since: 3, ack: false, unstable: false },
  "device.pair.remove": { access: "operator.pairing", effect: "idempotent", since: 4, ack: false, unstable: false },
  "device.pair.rename": { access: "operator.pairing", effect: "idempotent", since: 4, ack: false, unstable: false },
  "device.pair.setupCode": { access: "operator.admin", effect: "idempotent", since: 4, ack: false, unstable: false },
  "device.scopes.requestUpgrade": { access: "device", effect: "idempotent", since: 4, ack: false, unstable: false },
  "device.scopes.waitUpgrade": { access: "device", effect: "idempotent", since: 4, ack: false, unstable: false },
  "device.token.revoke": { access: "operator.pairing", effect: "idempotent", since: 3, ack: false, unstable: false },
  "device.token.rotate": { access: "operator.pairing", effect: "idempotent", since: 3, ack: false, unstable: false },
  "device.trust.set": { access: "operator.admin", effect: "idempotent", since: 4, ack: false, unstable: false },
  "exec.approval.get": { access: "operator.approvals", effect: "read", since: 3, ack: false, unstable: false },
  "exec.approval.history": { access: "operator.approvals", effect: "read", since: 3, ack: false, unstable: false },
  "exec.approval.list": { access: "operator.approvals", effect: "read", since: 3, ack: false, unstable: false },
  "exec.approval.request": { access: "operator.approvals", effect: "idempotent", since: 3, ack: true, unstable: false },
  "exec.approval.resolve": { access: "operator.approvals", effect: "idempotent", since: 3, ack: false, unstable: false },
  "exec.approval.waitDecision": { access: "operator.approvals", effect: "read", since: 4, ack: false, unstable: false },
  "exec.approvals.get": { access: "operator.admin", effect: "read", since: 3, ack: false, unstable: false },
  "exec.approvals.node.get": { access: "operator.admin", effect: "read", since: 3, ack: false, unstable: false },
  "exec.approvals.node.set": { access: "operator.admin", effect: "idempotent", since: 3, ack: false, unstable: false },
  "exec.approvals.set": { access: "operator.admin", effect: "idempotent", since: 3, ack: false, unstable: false },
  health: { access: "operator.read", effect: "read", since: 3, ack: false, unstable: false },
  "last-heartbeat": { access: "operator.read", effect: "read", since: 3, ack: false, unstable: false },
  "logs.tail": { access: "operator.read", effect: "read", since: 3, ack: false, unstable: false },
  "messages.trace": { access: "operator.read", effect: "read", since: 3, ack: false, unstable: false },
  "models.list": { access: "operator.read", effect: "read", since: 3, ack: false, unstable: false },
  "node.canvas.capability.refresh": { access: "node", effect: "idempotent", since: 3, ack: false, unstable: false },
  "node.describe": { access: "operator.read", effect: "read", since: 3, ack: false, unstable: false },
  "node.event": { access: "node", effect: "idempotent", since: 3, ack: false, unstable: false },
  "node.invoke": { access: "operator.write", effect: "keyed", since: 3, ack: false, unstable: false },
  "node.invoke.result": { access: "node", effect: "idempotent", since: 3, ack: false, unstable: false },
  "node.list": { access: "operator.read", effect: "read", since: 3, ack: false, unstable: false },
  "node.pair.approve": { access: "operator.pairing", effect: "idempotent", since: 3, ack: false, unstable: false },
  "node.pair.list": { access: "operator.pairing", effect: "read", since: 3, ack: false, unstable: false },
  "node.pair.reject": { access: "operator.pairing", effect: "idempotent", since: 3, ack: false, unstable: false },
  "node.pair.request": { access: "operator.pairing", effect: "idempotent", since: 3, ack: false, unstable: false },
  "node.pair.verify": { access: "operator.pairing", effect: "read", since: 3, ack: false, unstable: false },
  "node.pending.cancel": { access: "operator.write", effect: "idempotent", since: 4, ack: false, unstable: false },
  "node.pending.list": { access: "operator.read", effect: "read", since: 4, ack: false, unstable: false },
  "node.pluginSurface.refresh": { access: "node", effect: "idempotent", since: 4, ack: false, unstable: false },
  "node.rename": { access: "operator.pairing", effect: "idempotent", since: 3, ack: false, unstable: false },
  "outbox.drop": { access: "operator.admin", effect: "idempotent", since: 3, ack: false, unstable: false },
  "outbox.list": { access: "operator.read", effect: "read", since: 3, ack: false, unstable: false },
  "outbox.retry": { access: "operator.admin", effect: "idempotent", since: 3, ack: false, unstable: false },
  poll: { access: "operator.admin", effect: "keyed", since: 3, ack: false, unstable: false },
  send: { access: "operator.write", effect: "keyed", since: 3, ack: false, unstable: false },
  "sessions.delete": { access: "operator.admin", effect: "idempotent", since: 3, ack: false, unstable: false },
  "sessions.list": { access: "operator.read", effect: "read", since: 3, ack: false, unstable: false },
  "sessions.patch": { access: "operator.admin", effect: "idempotent", since: 3, ack: false, unstable: false },
  "sessions.preview": { access: "operator.read", effect: "read", since: 3, ack: false, unstable: false },
  "sessions.reset": { access: "operator.admin", effect: "idempotent", since: 3, ack: false, unstable: false },
  "sessions.resolve": { access: "operator.admin", effect: "read", since: 3, ack: false, unstable: false },
  "skills.bins": { access: "node", effect: "read", since: 3, ack: false, unstable: false },
  status: { access: "operator.read", effect: "read", since: 3, ack: false, unstable: false },
  "system-event": { access: "operator.admin", effect: "idempotent", since: 3, ack: false, unstable: false },
  "system-presence": { access: "operator.read", effect: "read", since: 3, ack: false, unstable: false },
} as const satisfies Record<MethodName, MethodSpec>;

/** Every event and its payload. */
export interface EventMap {
  /** One update of an agent run. */
  agent: AgentEvent;
  /** A canvas is to be shown, or what it shows in A2UI changed. */
  "canvas.changed": CanvasChangedEvent;
  /** An account changed its state, or how much waits or lies dead in its outbox. */
  "channels.changed": ChannelsBrief;
  /** Somebody on a chat network asks to be let in. */
  "channels.pairing.requested": SenderAsking;
  /** One step of a chat run. */
  chat: ChatEvent;
  /** The first frame of a connection: what a device must sign. */
  "connect.challenge": ConnectChallenge;
  /** A device asks to be let in, or asks for more. */
  "device.pair.requested": PendingDevice;
  /** A request of a device was decided, or a device was let in by a proof or a code. */
  "device.pair.resolved": DevicePairResolved;
  /** A command waits for a decision. */
  "exec.approval.requested": ExecApprovalAsked;
  /** A command waits no longer: somebody decided, or nobody did. */
  "exec.approval.resolved": ExecApprovalResolved;
  /** The health summary changed. */
  health: HealthSummary;
  /** A command, for the one connection that it is sent to; it has no `seq`. */
  "node.invoke.request": NodeInvokeRequest;
  /** A name asks to be paired. */
  "node.pair.requested": NodePairPending;
  /** A name was paired or refused. */
  "node.pair.resolved": NodePairDecision;
  /** Who is connected; at most one a second for the whole gateway. */
  presence: Presence;
  /** The gateway stops; every connection is closed with 1012 next. */
  shutdown: Shutdown;
  /** A sign of life every `policy.tickIntervalMs`. */
  tick: Tick;
}

export type EventName = keyof EventMap;

/** What is fixed about an event. */
export interface EventSpec {
  readonly access: string;
  readonly delivery: string;
}

export const EVENTS = {
  agent: { access: "operator.read", delivery: "must" },
  "canvas.changed": { access: "operator.read", delivery: "must" },
  "channels.changed": { access: "operator.read", delivery: "latest" },
  "channels.pairing.requested": { access: "operator.pairing", delivery: "drop" },
  chat: { access: "operator.read", delivery: "must" },
  "connect.challenge": { access: "handshake", delivery: "must" },
  "device.pair.requested": { access: "operator.pairing", delivery: "drop" },
  "device.pair.resolved": { access: "operator.pairing", delivery: "drop" },
  "exec.approval.requested": { access: "operator.approvals", delivery: "must" },
  "exec.approval.resolved": { access: "operator.approvals", delivery: "must" },
  health: { access: "any", delivery: "latest" },
  "node.invoke.request": { access: "node", delivery: "must" },
  "node.pair.requested": { access: "operator.pairing", delivery: "drop" },
  "node.pair.resolved": { access: "operator.pairing", delivery: "drop" },
  presence: { access: "any", delivery: "latest" },
  shutdown: { access: "any", delivery: "must" },
  tick: { access: "any", delivery: "latest" },
} as const satisfies Record<EventName, EventSpec>;

/** Every command of a node: what it takes and what it answers. */
export interface CommandMap {
  /** Drives the browser of the node. */
  "browser.proxy": {
    params: BrowserProxyParams;
    result: BrowserProxyResult;
  };
  /** Takes a film. */
  "camera.clip": {
    params: CameraClipParams;
    result: Media;
  };
  /** The cameras of the node. */
  "camera.list": {
    params: NoCommandParams;
    result: CameraListResult;
  };
  /** Takes a picture. */
  "camera.snap": {
    params: CameraSnapParams;
    result: Media;
  };
  /** Draws with A2UI messages. */
  "canvas.a2ui.push": {
    params: CanvasA2uiPushParams;
    result: Done2;
  };
  /** Draws with A2UI messages, one a line. */
  "canvas.a2ui.pushJSONL": {
    params: CanvasA2uiPushJsonlParams;
    result: Done2;
  };
  /** Takes everything that was drawn away. */
  "canvas.a2ui.reset": {
    params: NoCommandParams;
    result: Done2;
  };
  /** Evaluates an expression in the page. */
  "canvas.eval": {
    params: CanvasEvalParams;
    result: CanvasEvalResult;
  };
  /** Hides the canvas. */
  "canvas.hide": {
    params: NoCommandParams;
    result: Done2;
  };
  /** Leads the canvas to a page. */
  "canvas.navigate": {
    params: CanvasNavigateParams;
    result: Done2;
  };
  /** Shows the canvas. */
  "canvas.present": {
    params: CanvasPresentParams;
    result: Done2;
  };
  /** A picture of the canvas. */
  "canvas.snapshot": {
    params: CanvasSnapshotParams;
    result: Media;
  };
  /** What is in a folder. */
  "file.list": {
    params: FileListParams;
    result: FileListResult;
  };
  /** Reads a file. */
  "file.read": {
    params: FileReadParams;
    result: FileReadResult;
  };
  /** Writes a file. */
  "file.write": {
    params: FileWriteParams;
    result: FileWriteResult;
  };
  /** Where the node is. */
  "location.get": {
    params: LocationGetParams;
    result: LocationGetResult;
  };
  /** Films the screen. */
  "screen.record": {
    params: ScreenRecordParams;
    result: Media;
  };
  /** Sends a text message in the owner's name. */
  "sms.send": {
    params: SmsSendParams;
    result: SmsSendResult;
  };
  /** The node's rules for programs. */
  "system.execApprovals.get": {
    params: NoCommandParams;
    result: SystemExecApprovalsResult;
  };
  /** Replaces the node's rules for programs. */
  "system.execApprovals.set": {
    params: SystemExecApprovalsSetParams;
    result: SystemExecApprovalsResult;
  };
  /** Shows a notification. */
  "system.notify": {
    params: SystemNotifyParams;
    result: Done2;
  };
  /**
   * Runs a program. The node decides by its own rules unless the gateway says that it was
   * approved.
   */
  "system.run": {
    params: SystemRunParams;
    result: SystemRunResult;
  };
  /** What a program's call would run, without running it: what somebody is to approve. */
  "system.run.prepare": {
    params: SystemRunPrepareParams;
    result: SystemRunPrepareResult;
  };
  /** Where programs are. */
  "system.which": {
    params: SystemWhichParams;
    result: SystemWhichResult;
  };
}

export type CommandName = keyof CommandMap;

/** What is fixed about a command. */
export interface CommandSpec {
  readonly risk: string;
  readonly platforms: readonly string[];
  readonly queueable: boolean;
  readonly scope: string;
}

export const COMMANDS = {
  "browser.proxy": { risk: "dangerous", platforms: ["macos", "linux", "windows"], queueable: false, scope: "operator.write" },
  "camera.clip": { risk: "dangerous", platforms: ["ios", "android", "macos", "linux"], queueable: false, scope: "operator.write" },
  "camera.list": { risk: "plain", platforms: ["ios", "android", "macos", "linux"], queueable: false, scope: "operator.write" },
  "camera.snap": { risk: "dangerous", platforms: ["ios", "android", "macos", "linux"], queueable: false, scope: "operator.write" },
  "canvas.a2ui.push": { risk: "plain", platforms: ["ios", "android", "macos", "linux"], queueable: true, scope: "operator.write" },
  "canvas.a2ui.pushJSONL": { risk: "plain", platforms: ["ios", "android", "macos", "linux"], queueable: true, scope: "operator.write" },
  "canvas.a2ui.reset": { risk: "plain", platforms: ["ios", "android", "macos", "linux"], queueable: true, scope: "operator.write" },
  "canvas.eval": { risk: "plain", platforms: ["ios", "android", "macos", "linux"], queueable: false, scope: "operator.write" },
  "canvas.hide": { risk: "plain", platforms: ["ios", "android", "macos", "linux"], queueable: true, scope: "operator.write" },
  "canvas.navigate": { risk: "plain", platforms: ["ios", "android", "macos", "linux"], queueable: true, scope: "operator.write" },
  "canvas.present": { risk: "plain", platforms: ["ios", "android", "macos", "linux"], queueable: true, scope: "operator.write" },
  "canvas.snapshot": { risk: "plain", platforms: ["ios", "android", "macos", "linux"], queueable: false, scope: "operator.write" },
  "file.list": { risk: "private", platforms: ["macos", "linux", "windows"], queueable: false, scope: "operator.write" },
  "file.read": { risk: "private", platforms: ["macos", "linux", "windows"], queueable: false, scope: "operator.write" },
  "file.write": { risk: "dangerous", platforms: ["macos", "linux", "windows"], queueable: false, scope: "operator.write" },
  "location.get": { risk: "private", platforms: ["ios", "android", "macos", "linux"], queueable: false, scope: "operator.write" },
  "screen.record": { risk: "dangerous", platforms: ["ios", "android", "macos", "linux"], queueable: false, scope: "operator.write" },
  "sms.send": { risk: "dangerous", platforms: ["android"], queueable: false, scope: "operator.write" },
  "system.execApprovals.get": { risk: "private", platforms: ["macos", "linux", "windows"], queueable: false, scope: "operator.admin" },
  "system.execApprovals.set": { risk: "private", platforms: ["macos", "linux", "windows"], queueable: false, scope: "operator.admin" },
  "system.notify": { risk: "plain", platforms: ["macos", "linux", "windows"], queueable: true, scope: "operator.write" },
  "system.run": { risk: "program", platforms: ["macos", "linux", "windows"], queueable: false, scope: "operator.write" },
  "system.run.prepare": { risk: "private", platforms: ["macos", "linux", "windows"], queueable: false, scope: "operator.write" },
  "system.which": { risk: "plain", platforms: ["macos", "linux", "windows"], queueable: false, scope: "operator.write" },
} as const satisfies Record<CommandName, CommandSpec>;

/** The codes of an error answer; a newer gateway may use others. */
export const ERROR_CODES = [
  "NOT_LINKED",
  "NOT_PAIRED",
  "AGENT_TIMEOUT",
  "INVALID_REQUEST",
  "FORBIDDEN",
  "UNAVAILABLE",
] as const;

/** Why a connection ends, and whether to come back. */
export interface CloseCodeSpec {
  readonly code: number;
  readonly name: string;
  readonly reconnect: boolean;
  readonly doc: string;
}

export const CLOSE_CODES: readonly CloseCodeSpec[] = [
  { code: 1000, name: "normal", reconnect: true, doc: "Normal end, or no valid handshake in time." },
  { code: 1002, name: "protocol", reconnect: false, doc: "WebSocket rules broken, or no common protocol version." },
  { code: 1007, name: "bad-text", reconnect: false, doc: "A text message was not UTF-8." },
  { code: 1008, name: "policy", reconnect: false, doc: "Refused in the handshake; with reason `slow consumer` the client may come back." },
  { code: 1009, name: "too-big", reconnect: false, doc: "A message was larger than `policy.maxPayload`." },
  { code: 1012, name: "service-restart", reconnect: true, doc: "The gateway stops or restarts; come back with jitter." },
  { code: 1013, name: "try-later", reconnect: true, doc: "The gateway is starting or has no room; come back later." },
];
