//! The Bot API of Telegram, as strict as the real server: its errors, limits, single poller,
//! webhooks, and the markup that it takes. Facts are from the vendor's page and from the behaviour
//! of its published server; grammY is its outside judge (`fakes/tests/telegram_grammy.rs`).

mod answer;
mod call;
mod chat;
mod deeds;
mod events;
mod fake;
mod files;
mod http;
mod incoming;
mod limits;
mod markup;
mod message;
mod methods;
mod params;
mod poll;
mod rates;
mod shared;
mod sight;
mod updates;
mod user;
mod webhook;
mod world;

pub use call::Call;
pub use chat::{ChatAction, ChatKind};
pub use events::Membership;
pub use fake::{Setup, TelegramFake};
pub use incoming::{Arrived, Incoming};
pub use limits::Limits;
pub use markup::Entity;
pub use message::{Content, Former, Message};
pub use params::Params;
pub use updates::Order;
pub use user::User;
