//! Running programs on a machine: what exactly would run ([`Subject`]), whether it may
//! ([`Policy::decide`]), the leave to start it ([`Cleared`]), and how it is shown to whoever decides
//! ([`visible`]).
//!
//! Nothing here touches a file or a process: `tidegate-exec` looks, builds the subject, and runs
//! what was approved. Both sides of a connection use these rules, the gateway and a node.

mod cleared;
mod dangerous;
mod environment;
mod file;
mod grant;
mod hash;
mod pattern;
mod policy;
mod programs;
mod risky;
#[cfg(test)]
mod sample;
mod shells;
mod shown;
mod subject;
mod visible;

pub use cleared::Cleared;
pub use dangerous::is_dangerous;
pub use environment::{
    ADDED_VALUE_MAX_BYTES, ADDITIONS_MAX, BadAddition, INHERITED_NAMES, SEARCH_PATH,
    check_additions, child_environment,
};
pub use file::{ANY_AGENT, AgentRules, ApprovalsFile, ENTRIES_MAX, FILE_VERSION, Rules, Socket};
pub use grant::{Decision, Grant, RESERVED_FIELDS, ReservedField, check_unreserved};
pub use hash::{ContentHash, SubjectHash};
pub use pattern::{Entry, NotRemembered, PinnedEntry};
pub use policy::{Ask, Policy, Reason, Refusal, Security, Verdict};
pub use risky::{Risk, risk};
pub use shells::{code_positions, is_program_reader, read_instead};
pub use shown::{Line, describe};
pub use subject::{
    ARGUMENT_MAX_BYTES, ARGUMENTS_MAX, ARGV_MAX_BYTES, Directory, Flaw, Input, Interpreter,
    PINNED_ARGUMENTS_MAX, Pinned, PinnedArgument, Place, Subject,
};
pub use visible::{Visible, visible, visible_quoted, visible_word};
