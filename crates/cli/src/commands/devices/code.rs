//! `devices code`: a code with which one device joins, once. It is no secret that lasts.

use tidegate_core::{Clock, SystemClock};
use tidegate_protocol::Scope;
use tidegate_protocol::api::devices::{
    DevicePairSetupCode, DevicePairSetupCodeParams, DevicePairSetupCodeResult, SetupAccess,
};

use crate::args::{DevicesCodeArgs, Globals};
use crate::commands::connection::Context;
use crate::exit::Exit;
use crate::output::{Screen, duration, qr};

pub(crate) async fn code(args: &DevicesCodeArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let context = Context::new(globals)?;
    let mut gateway = context.connect(&[Scope::Admin]).await?;
    let params = DevicePairSetupCodeParams {
        public_url: args.public_url.clone(),
        include_qr: Some(false),
        bootstrap_profile: args.profile(),
        ..Default::default()
    };
    let made = context
        .call::<DevicePairSetupCode>(&mut gateway, &params)
        .await?;
    gateway.close().await;
    let screen = &context.screen;
    if screen.json {
        screen.say(&serde_json::to_string(&made)?)?;
    } else if screen.out_is_terminal {
        screen.say(&shown(screen, &made, args.no_qr)?)?;
    } else {
        screen.say(&made.setup_code)?;
    }
    Ok(Exit::Done)
}

fn shown(screen: &Screen, made: &DevicePairSetupCodeResult, no_qr: bool) -> anyhow::Result<String> {
    let paint = screen.out();
    let left = made.expires_at_ms.saturating_sub(SystemClock.now_ms());
    let left = duration(left.div_ceil(1_000) * 1_000);
    let what = match made.access {
        SetupAccess::Full => "It lets one device in with every right.",
        SetupAccess::Limited => "It lets one device in without administration.",
        SetupAccess::Node => "It lets one machine in as a node.",
    };
    let mut lines = Vec::new();
    if !no_qr {
        lines.push(qr(screen, &made.setup_code)?);
    }
    lines.push(format!("  {}", paint.cyan(&made.setup_code)));
    lines.push(String::new());
    lines.push(format!(
        "{what} It leads to {} and works once, within {left}.",
        made.gateway_url
    ));
    if made.access_downgraded == Some(true) {
        lines.push(paint.yellow(
            "Others may read along on the way there, so administration is left out: set gateway.tls or use a wss:// address.",
        ));
    }
    if leads_nowhere(&made.gateway_url) {
        lines.push(paint.yellow(
            "Only this machine can reach that address: set gateway.bind or gateway.publicUrl, or say --public-url.",
        ));
    }
    Ok(lines.join("\n"))
}

/// An address that no other machine can reach.
fn leads_nowhere(url: &str) -> bool {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    ["127.", "localhost", "[::1]"]
        .iter()
        .any(|own| host.starts_with(own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_shown_with_what_it_gives_and_where_it_leads() {
        let made = DevicePairSetupCodeResult {
            setup_code: "eyJ1cmwiOiJ3czovLzEwLjAuMC41In0".into(),
            gateway_url: "ws://127.0.0.1:18789".into(),
            auth: "token".into(),
            url_source: "gateway.bind".into(),
            access: SetupAccess::Limited,
            access_downgraded: Some(true),
            expires_at_ms: 0,
        };
        let screen = Screen::of_width(80);
        let text = shown(&screen, &made, true).unwrap();
        assert!(
            text.contains("  eyJ1cmwiOiJ3czovLzEwLjAuMC41In0\n"),
            "{text}"
        );
        assert!(text.contains("without administration") && text.contains("Others may read"));
        assert!(text.contains("Only this machine"));
        assert!(shown(&screen, &made, false).unwrap().contains('█'));
        let public = DevicePairSetupCodeResult {
            gateway_url: "wss://gate.example".into(),
            access: SetupAccess::Node,
            access_downgraded: None,
            ..made
        };
        let text = shown(&screen, &public, true).unwrap();
        assert!(text.contains("as a node") && !text.contains("Only this machine"));
    }
}
