/** The words of commands that wait for a person. */
export const approvalWords = {
  title: "Approvals",
  link: "Approvals",
  skip: "Skip to approvals",
  lead: "Programs that your agent wants to run and may not run without you.",
  waitingCount: (count: number) => (count === 1 ? "1 command waits for you" : `${count} commands wait for you`),
  failed: (reason: string) => `The gateway did not tell: ${reason}`,

  bar: {
    region: "Waiting for your decision",
    one: "A command waits for your decision.",
    many: (count: number) => `${count} commands wait for your decision.`,
    left: (wait: string) => `${wait} left`,
    review: "Review",
    key: "Alt A",
    spoken: (count: number) =>
      count === 1
        ? "A command waits for your decision. Press Alt A to review it."
        : `${count} commands wait for your decision. Press Alt A to review them.`,
  },

  sheet: {
    title: "May this run?",
    place: (index: number, count: number) => `${index} of ${count}`,
    next: "Next",
    previous: "Previous",
    arguments: "Each argument",
    argument: (index: number) => (index === 0 ? "program" : `${index}`),
    emptyArgument: "empty",
    hidden: (count: number) =>
      count === 1
        ? "1 character in it is not seen by itself. It is written out and marked."
        : `${count} characters in it are not seen by themselves. They are written out and marked.`,
    hiddenName: "a character that is not seen",
    blanks: (count: number) => `${count} blanks`,
    covers: "What your decision covers",
    words: "A command in words: the client that asks runs it by itself, and nothing here checks what it runs.",
    why: "Asked because",
    agent: "For agent",
    session: "In conversation",
    node: "On node",
    hash: "Fingerprint of all this",
    left: (wait: string) => `Counts as “no” in ${wait}.`,
    over: "The time is over: it did not run.",
    readOn: "Read to the end to be able to allow it.",
    once: "Allow once",
    always: "Always allow exactly this",
    alwaysHint: "“Always” remembers this program by its content, with exactly these arguments. Anything else is asked again.",
    alwaysWordsHint: "“Always” is told to the client that asks; what it makes of it is its own affair.",
    neverAlways: "This can only be allowed once: it could do anything.",
    deny: "Deny",
    decided: {
      "allow-once": "Allowed once.",
      "allow-always": "Allowed from now on.",
      deny: "Denied.",
    } as Readonly<Record<string, string>>,
    failed: (reason: string) => `The decision did not count: ${reason}`,
  },

  labels: {
    command: "Command",
    arguments: "Arguments",
    length: "Length",
    program: "Program",
    "read by": "Read by",
    script: "Script",
    with: "With file",
    in: "In folder",
    "with variable": "With variable",
    input: "Input",
    on: "Runs on",
    "as user": "As user",
    "asked every time": "Asked every time",
  } as Readonly<Record<string, string>>,

  waiting: {
    region: "Waiting",
    none: "Nothing waits for you.",
    noneHint: "When your agent wants to run a program that is not yet allowed, it is shown here and at the top of every page.",
  },

  rules: {
    region: "Without asking",
    unknown: (reason: string) => `The rules are not known: ${reason}`,
    security: {
      deny: "Nothing runs at all.",
      allowlist: "What you have allowed for ever runs.",
      full: "Everything runs.",
    } as Readonly<Record<string, string>>,
    ask: {
      off: "You are never asked: what is not allowed does not run.",
      "on-miss": "You are asked about everything else.",
      always: "You are asked every time, even about that.",
    } as Readonly<Record<string, string>>,
    fallback: {
      deny: "If you do not answer, it does not run.",
      allowlist: "If you do not answer, it runs only if you have allowed it for ever.",
      full: "If you do not answer, it runs only if you have allowed it for ever.",
    } as Readonly<Record<string, string>>,
    none: "Nothing is allowed for ever yet.",
    agent: (name: string) => `agent ${name}`,
    everyAgent: "every agent",
    folder: (path: string) => `in ${path}`,
    added: (ago: string) => `allowed ${ago}`,
    used: (ago: string) => `last run ${ago}`,
    unused: "not run since",
    withoutEffect: "It has no effect: it does not say which program by its content.",
    of: (action: string, path: string) => `${action} ${path}`,
    forget: "Forget…",
    forgetTitle: "Ask about this again?",
    forgetText: "It is no longer allowed for ever. The next time your agent wants to run it, you are asked.",
    forgetConfirm: "Ask again",
    forgotten: "You will be asked about it again.",
  },

  history: {
    region: "Decided in the last day",
    lead: "As far as this browser has seen it.",
    none: "Nothing was decided yet.",
    outcomes: {
      "allow-once": "Allowed once",
      "allow-always": "Always allowed",
      deny: "Denied",
      expired: "Time over",
      withdrawn: "Withdrawn",
    } as Readonly<Record<string, string>>,
    by: (who: string) => `by ${who}`,
    me: "this browser",
    owner: "the owner",
  },
} as const;
