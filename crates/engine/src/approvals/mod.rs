//! A person decides whether a command runs: the question waits on disk with a deadline, the first
//! decision counts, and what it allows runs once.

mod ask;
mod bounds;
mod chat;
mod decide;
mod desk;
mod ended;
mod permit;
mod question;
mod rules;
mod told;
mod waiting;
mod word;

pub use ask::Unapproved;
pub use bounds::{
    ASK_DEFAULT, ASK_MAX, OPEN_MAX, OPEN_MAX_OF_ONE, PERMIT_TTL, SHOWN_MAX_BYTES,
    SHOWN_MAX_BYTES_OPEN,
};
pub use desk::Approvals;
pub(crate) use desk::Desk;
pub use ended::EndedPage;
pub use permit::{ExecPermit, NotSpent, Spent};
pub use question::{Asked, ClientQuestion};
pub use rules::RulesView;
pub use told::{asked, outcome};
