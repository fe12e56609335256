//! `device.pair.setupCode`: an address and a code that works once, in one text. The long-lived secret
//! is never in it (SECURITY T20).

use std::net::IpAddr;

use axum::http::Uri;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tidegate_engine::{CodeGrant, SetupCode};
use tidegate_protocol::Serve;
use tidegate_protocol::api::devices::{
    DevicePairSetupCode, DevicePairSetupCodeParams, DevicePairSetupCodeResult, SetupAccess,
    SetupPayload, SetupProfile,
};

use crate::error::ApiError;
use crate::rpc::call::{Api, Call};

impl Serve<DevicePairSetupCode> for Api {
    async fn serve(
        &self,
        call: Call<DevicePairSetupCode>,
        params: DevicePairSetupCodeParams,
    ) -> Result<DevicePairSetupCodeResult, ApiError> {
        let own = &self.0.config.setup;
        let (url, url_source) = params.public_url.map_or_else(
            || (own.url.clone(), own.source.clone()),
            |url| (url, "request.publicUrl".to_owned()),
        );
        let address = Address::read(&url).ok_or_else(|| {
            ApiError::invalid("publicUrl must be ws://, wss://, http:// or https:// and a host")
        })?;
        let (access, downgraded) = access(params.bootstrap_profile, address.is_private_way);
        let wanted = match access {
            SetupAccess::Full => CodeGrant::full(),
            SetupAccess::Limited => CodeGrant::limited(),
            SetupAccess::Node => CodeGrant::node(),
        };
        let engine = &self.0.engine;
        let SetupCode {
            code,
            expires_at_ms,
        } = engine.setup_code(call.permit(), wanted).await?;
        let tls = self.0.config.tls.as_ref();
        let payload = SetupPayload {
            url: address.url.clone(),
            bootstrap_token: code.expose().clone(),
            expires_at_ms,
            tls_fingerprint: tls
                .filter(|_| address.url.starts_with("wss://"))
                .map(|tls| tls.fingerprint().to_owned()),
        };
        let text = serde_json::to_string(&payload).unwrap_or_default();
        Ok(DevicePairSetupCodeResult {
            setup_code: URL_SAFE_NO_PAD.encode(text),
            gateway_url: address.url,
            auth: self.0.auth.mode().to_owned(),
            url_source,
            access,
            access_downgraded: downgraded.then_some(true),
            expires_at_ms,
        })
    }
}

/// What a code is good for: administration does not go over a way that others can read.
fn access(profile: Option<SetupProfile>, private: bool) -> (SetupAccess, bool) {
    match profile {
        Some(SetupProfile::Node) => (SetupAccess::Node, false),
        Some(SetupProfile::Limited) => (SetupAccess::Limited, false),
        None if private => (SetupAccess::Full, false),
        None => (SetupAccess::Limited, true),
    }
}

/// Where a device shall go.
struct Address {
    url: String,
    /// Encrypted, or not leaving the machine.
    is_private_way: bool,
}

impl Address {
    /// Reads an address; `http` is as good as `ws`. Nothing but scheme, host, port and path is kept.
    fn read(url: &str) -> Option<Self> {
        let parsed: Uri = url.trim().parse().ok()?;
        let secure = match parsed.scheme_str()? {
            "ws" | "http" => false,
            "wss" | "https" => true,
            _ => return None,
        };
        let host = parsed.host().filter(|host| !host.is_empty())?;
        let port = parsed.port_u16();
        let authority = port.map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let path = parsed.path().trim_end_matches('/');
        let scheme = if secure { "wss" } else { "ws" };
        let ip = host.trim_matches(['[', ']']).parse::<IpAddr>();
        let loopback = host == "localhost" || ip.is_ok_and(|ip| ip.is_loopback());
        Some(Self {
            url: format!("{scheme}://{authority}{path}"),
            is_private_way: secure || loopback,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_where_to_go_and_nothing_else() {
        for (given, kept) in [
            ("ws://10.0.0.5:18789", "ws://10.0.0.5:18789"),
            ("https://gate.example/", "wss://gate.example"),
            (
                "wss://gate.example:8443/base/?token=x",
                "wss://gate.example:8443/base",
            ),
            ("http://user:secret@gate.example", "ws://gate.example"),
            ("ws://[::1]:1", "ws://[::1]:1"),
        ] {
            let address = Address::read(given).map(|address| address.url);
            assert_eq!(address.as_deref(), Some(kept), "{given}");
        }
        for given in ["", "gate.example", "ftp://gate.example", "ws://", "/x"] {
            assert!(Address::read(given).is_none(), "{given}");
        }
    }

    #[test]
    fn administration_goes_only_where_nobody_else_reads() {
        let full = |url| access(None, Address::read(url).unwrap().is_private_way).0;
        assert_eq!(full("ws://127.0.0.1:1"), SetupAccess::Full);
        assert_eq!(full("ws://localhost:1"), SetupAccess::Full);
        assert_eq!(full("wss://gate.example"), SetupAccess::Full);
        assert_eq!(full("ws://10.0.0.5:1"), SetupAccess::Limited);
        assert_eq!(full("ws://127.evil.example.:1"), SetupAccess::Limited);
        assert_eq!(access(Some(SetupProfile::Node), false).0, SetupAccess::Node);
    }
}
