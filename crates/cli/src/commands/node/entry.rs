//! Which gateway, and how to get in: a setup code, arguments, and what was remembered.

use std::path::Path;

use tidegate_client::{Address, Auth, Credential, Fingerprint, Trust};
use tidegate_core::{Clock, SystemClock};
use tidegate_node::{Access, GatewayConfig, Home, HomeError, SetupCode};

use crate::args::{Globals, NodeEntryArgs};
use crate::commands::connection::text_argument;
use crate::config::env::Environment;
use crate::config::{self, Overrides};
use crate::exit::Exit;
use crate::output::{Failure, Screen};
use crate::state_dir;
use crate::trust::{self, Expected};

/// The node's folder, and the way in.
pub(super) struct Entry {
    pub(super) home: Home,
    pub(super) access: Access,
}

/// What a gateway is known by.
struct Known {
    url: String,
    address: Address,
    pin: Option<Fingerprint>,
}

/// The folder of the node, in the state directory of this user.
pub(super) fn home(globals: &Globals) -> anyhow::Result<Home> {
    let overrides = Overrides {
        profile: globals.profile.clone(),
        ..Overrides::default()
    };
    let path = config::load::state_dir(&overrides, &Environment::of_process())?;
    state_dir::prepare(&path)?;
    Ok(Home::in_state_dir(&path).map_err(unusable)?)
}

/// The node's own files are wrong; trying again will not help.
#[expect(
    clippy::needless_pass_by_value,
    reason = "it is what becomes of an error: for map_err"
)]
pub(super) fn unusable(why: HomeError) -> Failure {
    match why {
        HomeError::Taken => Failure::new(Exit::Failed, why.to_string()),
        _ => Failure::new(Exit::Config, why.to_string()),
    }
}

impl Entry {
    /// Finds out where to go, and remembers it.
    pub(super) fn of(globals: &Globals, args: &NodeEntryArgs) -> anyhow::Result<Self> {
        let home = home(globals)?;
        let code = args.setup_code.as_deref().map(read_code).transpose()?;
        let known = known(&home, args, code.as_ref())?;
        if args.tls_fingerprint.is_some() && !known.address.is_tls() {
            return Err(Failure::new(
                Exit::Usage,
                format!("--tls-fingerprint: {} is without TLS", known.address),
            )
            .next("an address with TLS begins with wss://")
            .into());
        }
        let remembered = GatewayConfig {
            url: known.url,
            tls_fingerprint: known.pin.map(|pin| pin.to_string()),
        };
        if home.config().map_err(unusable)?.gateway.as_ref() != Some(&remembered) {
            home.set_gateway(remembered).map_err(unusable)?;
        }
        let auth = Auth {
            token: args.token_file.as_deref().map(token).transpose()?,
            bootstrap_token: code.map(|code| code.secret),
            ..Auth::default()
        };
        let trust = trust_in(&home, &known.address, known.pin)?;
        let access = Access {
            address: known.address,
            trust,
            auth,
        };
        Ok(Self { home, access })
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
        let expected = Expected {
            known: Some(self.home.known_gateways()),
            ..Expected::default()
        };
        let accepted = trust::ask(screen, &self.access.address, &expected, why)?;
        if let Some(pin) = accepted {
            self.access.trust = Trust::Pin(pin);
        }
        Ok(accepted.is_some())
    }

    /// Why the gateway did not let this machine in.
    pub(super) fn failure(&self, why: &tidegate_client::Error) -> Failure {
        let failure = Failure {
            place: Some(self.access.address.to_string()),
            ..Failure::new(Exit::of(why), why.to_string())
        };
        match why.distrust() {
            Some(shown) if shown.pinned.is_none() => failure.next(
                "compare the fingerprint with what `tidegate status` shows on the gateway's own \
                 host, then give it with --tls-fingerprint",
            ),
            Some(_) => failure.next(
                "if the gateway has a new certificate, give its fingerprint with --tls-fingerprint",
            ),
            None => failure,
        }
    }
}

fn read_code(code: &str) -> Result<SetupCode, Failure> {
    let text = text_argument("--setup-code", code)?;
    let code = SetupCode::read(&text)
        .map_err(|why| Failure::new(Exit::Usage, format!("--setup-code: {why}")))?;
    let over = |at_ms: u64| at_ms <= SystemClock.now_ms();
    if code.expires_at_ms.is_some_and(over) {
        return Err(Failure::new(Exit::Usage, "--setup-code: it has expired")
            .next("make a new one with `tidegate devices code --node` on the gateway"));
    }
    Ok(code)
}

fn known(home: &Home, args: &NodeEntryArgs, code: Option<&SetupCode>) -> Result<Known, Failure> {
    let remembered = home.config().map_err(unusable)?.gateway;
    let (url, pin) = match (code, &args.url, &remembered) {
        (Some(code), ..) => (code.url.clone(), code.certificate),
        // Another address is another gateway: what was remembered says nothing of it.
        (None, Some(url), Some(old)) if *url != old.url => (url.clone(), None),
        (None, _, Some(old)) => (old.url.clone(), pin_of(home, old)?),
        (None, Some(url), None) => (url.clone(), None),
        (None, None, None) => {
            return Err(Failure::new(Exit::Usage, "which gateway?").next(
                "give --setup-code with a code of `tidegate devices code --node`, or --url",
            ));
        }
    };
    let address = Address::parse(&url).map_err(|why| {
        Failure::new(Exit::Usage, format!("the address of the gateway: {why}"))
            .next("an address looks like ws://127.0.0.1:18789 or wss://gate.example.org:18789")
    })?;
    Ok(Known {
        url,
        address,
        pin: args.tls_fingerprint.or(pin),
    })
}

fn pin_of(home: &Home, remembered: &GatewayConfig) -> Result<Option<Fingerprint>, Failure> {
    let text = remembered.tls_fingerprint.as_deref();
    text.map(str::parse).transpose().map_err(|why| {
        let file = home.config_file();
        let what = format!("{}: gateway.tlsFingerprint: {why}", file.display());
        Failure::new(Exit::Config, what)
    })
}

fn token(path: &Path) -> Result<Credential, Failure> {
    config::secrets::from_file("--token-file", path)
        .map(|secret| Credential::new(secret.expose()))
        .map_err(|why| Failure::new(Exit::Usage, why.to_string()))
}

fn trust_in(home: &Home, address: &Address, pin: Option<Fingerprint>) -> Result<Trust, Failure> {
    if !address.is_tls() {
        return Ok(Trust::Authorities);
    }
    if let Some(pin) = pin {
        return Ok(Trust::Pin(pin));
    }
    let accepted = home.known_gateways().pin(address).map_err(|why| {
        Failure::new(Exit::Config, format!("the accepted certificates: {why}"))
            .next("repair that file, or give --tls-fingerprint")
    })?;
    Ok(accepted.map_or(Trust::Authorities, Trust::Pin))
}
