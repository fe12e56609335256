//! The ports of state. Every verb is one whole fact and one transaction: what it answers is on
//! disk, and no lock or transaction crosses an await.

mod devices;
mod error;
mod inbox;
mod outbox;
mod runs;
mod senders;
mod sessions;

pub use devices::{Device, DeviceGrant, DeviceLabel, DeviceStore, PairRequest};
pub use error::StoreError;
pub use inbox::{
    Arrival, Arrivals, Arrived, Deed, InboxRow, InboxState, InboxStore, MAX_TRACE_HITS, Traced,
};
pub use outbox::{
    AccountLoad, NewOutbound, OutboxRow, OutboxState, OutboxStep, OutboxStore, Posted,
};
pub use runs::{Finish, Recovered, RecoveryNote, RunStore};
pub use senders::{AdmittedSender, SenderAsk, SenderAsked, SenderRequest, SenderStore};
pub use sessions::{
    Delivered, HistoryPage, HistoryQuery, Patched, Session, SessionListing, SessionQuery,
    SessionSettings, SessionStore, SettingsPatch,
};
