//! Arguments of `tidegate devices`.

use clap::{Args, Subcommand, ValueEnum};
use tidegate_protocol::Role;
use tidegate_protocol::api::devices::{SetupProfile, TrustLevel};

use super::Connection;
use super::given_name::given_name;

/// `devices`.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum DevicesCommand {
    /// Devices that wait, and devices that may join (the same as `tidegate devices`)
    List(Connection),
    /// Give a device what it asks for
    Approve(DevicesApproveArgs),
    /// Refuse a device
    Reject(DevicesRejectArgs),
    /// Forget a device; its connections end
    Remove(DeviceArgs),
    /// Give a device a name of yours
    Rename(DevicesRenameArgs),
    /// Make the token of a device worthless; its connections end
    Revoke(DeviceRoleArgs),
    /// Replace the token of a device; its connections end
    Rotate(DevicesRotateArgs),
    /// Say how far you trust a device
    Trust(DevicesTrustArgs),
    /// A code with which one device joins, once, as text and as a picture to scan
    Code(DevicesCodeArgs),
}

/// `devices approve`.
#[derive(Debug, Clone, Args)]
pub(crate) struct DevicesApproveArgs {
    /// The request, as `devices list` shows it (default: the only one that waits)
    #[arg(value_name = "REQUEST")]
    pub(crate) request: Option<String>,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// `devices reject`.
#[derive(Debug, Clone, Args)]
pub(crate) struct DevicesRejectArgs {
    /// The request, as `devices list` shows it
    #[arg(value_name = "REQUEST")]
    pub(crate) request: String,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// Which device.
#[derive(Debug, Clone, Args)]
pub(crate) struct DeviceArgs {
    /// The device: its name, or the beginning of its id
    #[arg(value_name = "DEVICE")]
    pub(crate) device: String,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// `devices rename`.
#[derive(Debug, Clone, Args)]
pub(crate) struct DevicesRenameArgs {
    /// The device: its name, or the beginning of its id
    #[arg(value_name = "DEVICE")]
    pub(crate) device: String,
    /// What you call it, at most 64 characters
    #[arg(value_name = "NAME", value_parser = given_name)]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// What a device is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RoleWord {
    /// A client of a person
    Operator,
    /// A machine that offers commands
    Node,
}

impl From<RoleWord> for Role {
    fn from(word: RoleWord) -> Self {
        match word {
            RoleWord::Operator => Self::Operator,
            RoleWord::Node => Self::Node,
        }
    }
}

/// Which device, in which role.
#[derive(Debug, Clone, Args)]
pub(crate) struct DeviceRoleArgs {
    /// The device: its name, or the beginning of its id
    #[arg(value_name = "DEVICE")]
    pub(crate) device: String,
    /// In this role only (default: the only one that it has)
    #[arg(long)]
    pub(crate) role: Option<RoleWord>,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// `devices rotate`.
#[derive(Debug, Clone, Args)]
pub(crate) struct DevicesRotateArgs {
    /// What it may do from now on, of what it may do now; may be repeated
    #[arg(long = "scope", value_name = "SCOPE")]
    pub(crate) scopes: Vec<String>,
    #[command(flatten)]
    pub(crate) of: DeviceRoleArgs,
}

/// How far a device is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TrustWord {
    /// You say nothing of it
    Untrusted,
    /// You made sure that it is the device that it says it is
    Verified,
    /// It is your own
    Trusted,
}

impl From<TrustWord> for TrustLevel {
    fn from(word: TrustWord) -> Self {
        match word {
            TrustWord::Untrusted => Self::Untrusted,
            TrustWord::Verified => Self::Verified,
            TrustWord::Trusted => Self::Trusted,
        }
    }
}

/// `devices trust`.
#[derive(Debug, Clone, Args)]
pub(crate) struct DevicesTrustArgs {
    /// The device: its name, or the beginning of its id
    #[arg(value_name = "DEVICE")]
    pub(crate) device: String,
    /// How far
    #[arg(value_name = "LEVEL")]
    pub(crate) level: TrustWord,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// `devices code`.
#[derive(Debug, Clone, Args)]
pub(crate) struct DevicesCodeArgs {
    /// Without administration
    #[arg(long, conflicts_with = "node")]
    pub(crate) limited: bool,
    /// For a machine that offers commands only
    #[arg(long)]
    pub(crate) node: bool,
    /// The address that the device shall use (default: gateway.publicUrl, else where the gateway
    /// listens)
    #[arg(long, value_name = "URL")]
    pub(crate) public_url: Option<String>,
    /// No picture, only the text
    #[arg(long)]
    pub(crate) no_qr: bool,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

impl DevicesCodeArgs {
    /// What the code is for, if not for everything.
    pub(crate) const fn profile(&self) -> Option<SetupProfile> {
        match (self.limited, self.node) {
            (true, _) => Some(SetupProfile::Limited),
            (_, true) => Some(SetupProfile::Node),
            _ => None,
        }
    }
}
