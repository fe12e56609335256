//! Which gateway, and how to get in: a setup code, arguments, and what was remembered.

use std::path::{Path, PathBuf};

use tidegate_client::{Address, Auth, Credential, Fingerprint, Trust};
use tidegate_core::{Clock, SystemClock};
use tidegate_node::{Access, GatewayConfig, Home, SetupCode};

use super::words::{NEW_CODE, join_again, unusable};
use crate::args::{Globals, NodeEntryArgs};
use crate::commands::connection::text_argument;
use crate::config::env::Environment;
use crate::config::model_network::RemoteConfig;
use crate::config::{self, Overrides};
use crate::exit::Exit;
use crate::output::{Failure, Screen};
use crate::state_dir;
use crate::target::{self, Target};
use crate::trust::{self, Expected, Pins};

/// The node's folder, and the way in.
pub(super) struct Entry {
    pub(super) home: Home,
    pub(super) access: Access,
    /// What brings it back once it is out.
    pub(super) join_again: String,
    /// Which certificate is accepted, and where another one would be kept.
    expected: Expected,
}

/// What a gateway is known by.
struct Known {
    url: String,
    address: Address,
    /// What was said just now, by a person or a code.
    said: Option<Fingerprint>,
    /// What was said at an earlier start.
    remembered: Option<String>,
}

/// The folder of the node, in the state directory of this user.
pub(super) fn home(globals: &Globals) -> anyhow::Result<Home> {
    let path = state_dir(globals)?;
    state_dir::prepare(&path)?;
    Ok(Home::in_state_dir(&path).map_err(unusable)?)
}

/// The folder of the node, if one ever was here: whoever only looks makes none.
pub(super) fn home_found(globals: &Globals) -> anyhow::Result<Option<Home>> {
    Ok(Home::find(&state_dir(globals)?).map_err(unusable)?)
}

fn state_dir(globals: &Globals) -> anyhow::Result<PathBuf> {
    let overrides = Overrides {
        profile: globals.profile.clone(),
        ..Overrides::default()
    };
    Ok(config::load::state_dir(
        &overrides,
        &Environment::of_process(),
    )?)
}

impl Entry {
    /// Finds out where to go, and remembers it.
    pub(super) fn of(globals: &Globals, args: &NodeEntryArgs) -> anyhow::Result<Self> {
        let home = home(globals)?;
        let code = args.setup_code.as_deref().map(read_code).transpose()?;
        let known = known(&home, args, code.as_ref())?;
        let own = own_gateway(globals, &known.url);
        let expected = known.expected(&home, own.as_ref())?;
        let given = args.token_file.as_deref().map(token).transpose()?;
        let auth = Auth {
            token: given.or_else(|| own.filter(|_| args.url.is_some())?.auth.token),
            bootstrap_token: code.map(|code| code.secret),
            ..Auth::default()
        };
        let access = Access {
            address: known.address.clone(),
            trust: expected.trust,
            auth,
        };
        known.remember(&home)?;
        Ok(Self {
            home,
            access,
            join_again: join_again(globals),
            expected,
        })
    }

    /// Says what the owner may not have thought of.
    pub(super) fn warn(&self, screen: &Screen) {
        let address = &self.access.address;
        if !address.is_tls() && !address.is_loopback() {
            screen.note(&format!(
                "warning: {address} is without TLS: whoever is on the way can read along and give \
                 this machine commands; set gateway.tls, or go through a tunnel"
            ));
        }
    }

    /// Asks whoever sits at the terminal about a certificate that nobody vouches for. Whether it is
    /// trusted now.
    pub(super) fn ask(
        &mut self,
        screen: &Screen,
        why: &tidegate_client::Error,
    ) -> Result<bool, Failure> {
        let accepted = trust::ask(screen, &self.access.address, &self.expected, why)?;
        if let Some(pin) = accepted {
            self.access.trust = Trust::Pin(pin);
        }
        Ok(accepted.is_some())
    }
}

fn read_code(code: &str) -> Result<SetupCode, Failure> {
    let text = text_argument("--setup-code", code)?;
    let code = SetupCode::read(&text).map_err(|why| {
        Failure::new(Exit::Usage, format!("--setup-code: {why}"))
            .next(NEW_CODE)
            .elsewhere()
    })?;
    let over = |at_ms: u64| at_ms <= SystemClock.now_ms();
    if code.expires_at_ms.is_some_and(over) {
        return Err(Failure::new(Exit::Usage, "--setup-code: it has expired")
            .next(NEW_CODE)
            .elsewhere());
    }
    Ok(code)
}

fn known(home: &Home, args: &NodeEntryArgs, code: Option<&SetupCode>) -> Result<Known, Failure> {
    let old = home.config().map_err(unusable)?.gateway;
    let (url, told, remembered) = match (code, &args.url, old) {
        (Some(code), ..) => (code.url.clone(), code.certificate, None),
        // Another address is another gateway: what was remembered says nothing of it.
        (None, Some(url), Some(old)) if *url != old.url => (url.clone(), None, None),
        (None, _, Some(old)) => {
            let pin = remembered_pin(home, old.tls_fingerprint)?;
            (old.url, None, pin)
        }
        (None, Some(url), None) => (url.clone(), None, None),
        (None, None, None) => {
            return Err(Failure::new(Exit::Usage, "which gateway?")
                .next(
                    "give --setup-code with a code of `tidegate devices code --node` on the \
                     gateway, or --url",
                )
                .elsewhere());
        }
    };
    let address = Address::parse(&url).map_err(|why| {
        Failure::new(Exit::Usage, format!("the address of the gateway: {why}"))
            .next("an address looks like ws://127.0.0.1:18789 or wss://gate.example.org:18789")
    })?;
    Ok(Known {
        url,
        address,
        said: args.tls_fingerprint.or(told),
        remembered,
    })
}

fn remembered_pin(home: &Home, text: Option<String>) -> Result<Option<String>, Failure> {
    if let Some(Err(why)) = text.as_deref().map(str::parse::<Fingerprint>) {
        let file = home.config_file();
        let what = format!("{}: gateway.tlsFingerprint: {why}", file.display());
        return Err(Failure::new(Exit::Config, what));
    }
    Ok(text)
}

/// This host's own gateway, if that is where the address leads: what other commands of this user
/// know of it counts here too.
fn own_gateway(globals: &Globals, url: &str) -> Option<Target> {
    let own = Globals {
        url: Some(url.to_owned()),
        token: None,
        token_file: None,
        password_file: None,
        tls_fingerprint: None,
        ..globals.clone()
    };
    target::find(&own).ok().filter(|found| found.own)
}

impl Known {
    /// Which certificate is accepted: the one that was said just now, this host's own one, the one
    /// that was said earlier, the one that was accepted at a terminal.
    fn expected(&self, home: &Home, own: Option<&Target>) -> Result<Expected, Failure> {
        let own = own.and_then(|own| match own.expected.trust {
            Trust::Pin(pin) => Some(pin),
            Trust::Authorities => None,
        });
        let remembered = RemoteConfig {
            url: Some(self.url.clone()),
            tls_fingerprint: self.remembered.clone(),
        };
        let pins = Pins {
            flag: self.said,
            own,
            remote: Some(&remembered),
            state_dir: Some(home.path()),
        };
        trust::expected(&self.address, &pins)
    }

    /// Notes it for the next start, which is told nothing.
    fn remember(self, home: &Home) -> Result<(), Failure> {
        let gateway = GatewayConfig {
            url: self.url,
            tls_fingerprint: self.said.map(|pin| pin.to_string()).or(self.remembered),
        };
        if home.config().map_err(unusable)?.gateway.as_ref() != Some(&gateway) {
            home.set_gateway(gateway).map_err(unusable)?;
        }
        Ok(())
    }
}

fn token(path: &Path) -> Result<Credential, Failure> {
    config::secrets::from_file("--token-file", path)
        .map(|secret| Credential::new(secret.expose()))
        .map_err(|why| Failure::new(Exit::Usage, why.to_string()))
}
