//! Who and what is in the workspace at the start. Ids are shaped like the vendor's.

/// The workspace.
pub const TEAM: &str = "T0TIDEGATE";
/// Its subdomain.
pub const TEAM_DOMAIN: &str = "tidegate";
/// The app.
pub const APP: &str = "A0TIDEGATE";
/// The user that the app's bot is.
pub const BOT_USER: &str = "U0TIDEBOT1";
/// The bot as an author of messages.
pub const BOT: &str = "B0TIDEBOT1";
/// A person.
pub const ALICE: &str = "U0ALICE001";
/// Another person.
pub const BOB: &str = "U0BOB00001";
/// A public channel with the bot in it.
pub const GENERAL: &str = "C0GENERAL1";
/// A public channel without the bot.
pub const ELSEWHERE: &str = "C0ELSEWHER";
/// A channel that is archived.
pub const ARCHIVED: &str = "C0ARCHIVED";
/// The token of the bot.
pub const BOT_TOKEN: &str = "xoxb-1000000001-2000000002-fakefakefakefakefakefake";
/// The token of the app, for Socket Mode.
pub const APP_TOKEN: &str = "xapp-1-A0TIDEGATE-3000000003-fakefakefakefakefakefakefakefake";
/// The secret that signs webhooks.
pub const SIGNING_SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
