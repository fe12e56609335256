//! The ports of state. Every verb is one whole fact and one transaction: what it answers is on
//! disk, and no lock or transaction crosses an await.

mod approvals;
mod devices;
mod error;
mod inbox;
mod nodes;
mod outbox;
mod runs;
mod senders;
mod sessions;

pub use approvals::{ApprovalStore, NewApproval, NewRules, Settled, StoredRules};
pub use devices::{
    Device, DeviceGrant, DeviceLabel, DeviceStore, NewToken, PairRequest, Requested,
    TRUST_CHANGES_KEPT, TRUST_CHANGES_TOLD, Touch, Trust, TrustChange,
};
pub use error::StoreError;
pub use inbox::{
    Arrival, Arrivals, Arrived, Deed, InboxRow, InboxState, InboxStore, MAX_TRACE_HITS, Traced,
};
pub use nodes::{
    CallBegun, CallState, KnownCall, NewNodeCall, NodeAsk, NodeCall, NodeNameplate, NodeStore,
    PairedName, WaitingCall, WaitingRoom,
};
pub use outbox::{
    AccountLoad, MOST_RECEIPTS, NewOutbound, OutboxRow, OutboxState, OutboxStep, OutboxStore,
    Posted,
};
pub use runs::{Finish, Recovered, RecoveryNote, RunStore};
pub use senders::{AdmittedSender, SenderAsk, SenderAsked, SenderRequest, SenderStore};
pub use sessions::{
    Delivered, HistoryPage, HistoryQuery, Patched, Session, SessionListing, SessionQuery,
    SessionSettings, SessionStore, SettingsPatch,
};
