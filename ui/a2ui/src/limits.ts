/** Bounds of what an agent may put on the page. Each stands well above real use and far below what hurts a phone. */
export const LIMITS = {
  /** Characters of one message; the gateway's own bound for a frame is 524 288 bytes. */
  messageChars: 524_288,
  /** Characters of one batch, JSONL or not: what a replay of a full stage may take. */
  batchChars: 4_194_304,
  /** Messages of one batch. */
  batchMessages: 1_000,
  /** Nesting of JSON in a message. */
  jsonDepth: 64,
  surfaces: 32,
  /** Components of one surface. */
  components: 2_000,
  /** Characters of the data model of one surface. */
  dataChars: 1_048_576,
  /** Levels of a drawn tree. */
  treeDepth: 48,
  /** Parts of a drawn tree, after templates are filled. */
  parts: 4_000,
  /** Items that one template is filled with. */
  templateItems: 500,
  /** Values that one drawing of a surface works out. */
  values: 60_000,
  /** Functions inside each other's arguments. */
  callDepth: 24,
  /** Characters of one text; the rest is cut. */
  textChars: 50_000,
  /** Characters of a text that is read as Markdown; a longer one is shown as it is. */
  markdownChars: 20_000,
  /** Characters of an address; `data:` pictures make them long. */
  addressChars: 262_144,
  /** Characters of an id of a surface or component. */
  idChars: 256,
  options: 500,
  tabs: 50,
  checks: 50,
  /** Segments of a path. */
  pathDepth: 32,
  /** The highest index that a path may make in a list. */
  listIndex: 10_000,
  /** Characters of an action with its context. */
  actionChars: 262_144,
  /** Distinct problems that are told to the host until the next reset. */
  problems: 100,
} as const;
