//! What the schema cannot say: rules between keys, and forms of text.

use std::collections::BTreeSet;
use std::net::IpAddr;

use tidegate_client::{Address, Fingerprint};
use tidegate_core::runner::ModelRef;
use tidegate_core::session::is_agent_id;
use tidegate_protocol::AgentId;

use super::model::{Bind, Config};
use super::model_network::{MdnsMode, RemoteConfig, TlsConfig};

/// The provider name of the runner without a model.
const OFFLINE: &str = "offline";

/// Broken rules, each as a path and what is wrong with it.
pub(crate) fn broken(config: &Config) -> Vec<(String, String)> {
    let mut found = Vec::new();
    gateway(config, &mut found);
    providers(config, &mut found);
    agents(config, &mut found);
    bindings(config, &mut found);
    found.extend(crate::compose::channels::broken(config));
    if !is_agent_id(&config.session.main_key) {
        found.push((
            "session.mainKey".into(),
            "only lower-case letters, digits, _ and -".into(),
        ));
    }
    if let Some(file) = &config.logging.file
        && !is_rooted(file)
    {
        found.push((
            "logging.file".into(),
            "must be an absolute path, or start with ~/".into(),
        ));
    }
    found
}

/// Whether a path means the same wherever the program is started.
pub(crate) fn is_rooted(path: &str) -> bool {
    path.starts_with('/') || path.starts_with("~/")
}

type Found = Vec<(String, String)>;

fn gateway(config: &Config, found: &mut Found) {
    let gateway = &config.gateway;
    match &gateway.custom_bind_host {
        Some(host) if host.parse::<IpAddr>().is_err() => {
            found.push((
                "gateway.customBindHost".into(),
                "expected an IP address".into(),
            ));
        }
        None if gateway.bind == Bind::Custom => {
            found.push((
                "gateway.bind".into(),
                "\"custom\" needs gateway.customBindHost".into(),
            ));
        }
        _ => {}
    }
    if let Some(url) = &gateway.public_url
        && let Err(wrong) = web_url(url, true)
    {
        found.push(("gateway.publicUrl".into(), wrong));
    }
    for (i, origin) in gateway.control_ui.allowed_origins.iter().enumerate() {
        let path = format!("gateway.controlUi.allowedOrigins.{i}");
        let plain = origin
            .split_once("://")
            .is_some_and(|(_, rest)| !rest.contains(['/', '?', '#', '*']));
        match web_url(origin, true) {
            Err(wrong) => found.push((path, wrong)),
            Ok(()) if !plain => {
                found.push((
                    path,
                    "expected an origin such as https://host:port, without a path or *".into(),
                ));
            }
            Ok(()) => {}
        }
    }
    if !cfg!(feature = "mdns") && config.discovery.mdns.mode != MdnsMode::Off {
        let message = "this program was built without mdns: leave it at \"off\"";
        found.push(("discovery.mdns.mode".into(), message.into()));
    }
    canvas(config, found);
    tls(&gateway.tls, found);
    remote(&gateway.remote, found);
    if gateway.port != 0 && config.webchat.port == Some(gateway.port) {
        found.push((
            "webchat.port".into(),
            "is gateway.port already, which serves the page too: leave it out".into(),
        ));
    }
}

fn canvas(config: &Config, found: &mut Found) {
    let canvas = &config.canvas_host;
    let gateway = config.gateway.port;
    let taken = |port| port != 0 && (port == gateway || config.webchat.port == Some(port));
    if canvas.port.is_some_and(taken) {
        let message =
            "is the port of the gateway or its page: pages of agents get one of their own";
        found.push(("canvasHost.port".into(), message.into()));
    }
    if canvas.root.as_deref().is_some_and(|root| !is_rooted(root)) {
        let message = "must be an absolute path, or start with ~/";
        found.push(("canvasHost.root".into(), message.into()));
    }
}

fn tls(tls: &TlsConfig, found: &mut Found) {
    let paths = [("certPath", &tls.cert_path), ("keyPath", &tls.key_path)];
    for (name, path) in paths {
        if path.as_deref().is_some_and(|path| !is_rooted(path)) {
            let message = "must be an absolute path, or start with ~/";
            found.push((format!("gateway.tls.{name}"), message.into()));
        }
    }
    let [(first, certificate), (second, key)] = paths;
    let (lone, other) = match (certificate, key) {
        (Some(_), None) => (first, second),
        (None, Some(_)) => (second, first),
        _ => return,
    };
    found.push((
        format!("gateway.tls.{lone}"),
        format!("wants gateway.tls.{other} beside it"),
    ));
}

fn remote(remote: &RemoteConfig, found: &mut Found) {
    let address = remote.url.as_deref().map(Address::parse);
    if let Some(Err(wrong)) = &address {
        found.push(("gateway.remote.url".into(), wrong.to_string()));
    }
    let Some(pin) = &remote.tls_fingerprint else {
        return;
    };
    let wrong = match (pin.parse::<Fingerprint>(), address) {
        (Err(wrong), _) => wrong.to_string(),
        (Ok(_), Some(Ok(address))) if address.is_tls() => return,
        (Ok(_), Some(Err(_))) => return,
        (Ok(_), _) => "wants gateway.remote.url with wss://".to_owned(),
    };
    found.push(("gateway.remote.tlsFingerprint".into(), wrong));
}

fn providers(config: &Config, found: &mut Found) {
    for (name, provider) in &config.models.providers {
        let path = format!("models.providers.{name}");
        let letters = name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
        if name.is_empty() || name.len() > 64 || !letters {
            found.push((
                path.clone(),
                "a provider's name has letters, digits, _ and -".into(),
            ));
        }
        if name == OFFLINE {
            found.push((
                path.clone(),
                "this name is taken by the built-in offline agent".into(),
            ));
        }
        if let Err(wrong) = web_url(&provider.base_url, false) {
            found.push((format!("{path}.baseUrl"), wrong));
        }
        let mut ids = BTreeSet::new();
        for (i, model) in provider.models.iter().enumerate() {
            if !ids.insert(&model.id) {
                found.push((
                    format!("{path}.models.{i}.id"),
                    "stands twice in this provider".into(),
                ));
            }
        }
    }
}

fn agents(config: &Config, found: &mut Found) {
    let mut ids = BTreeSet::new();
    let mut defaults = 0;
    let primary = config.agents.defaults.model.primary.as_ref();
    model(config, primary, "agents.defaults.model.primary", found);
    for (i, agent) in config.agents.list.iter().enumerate() {
        let path = format!("agents.list.{i}");
        if !is_agent_id(&agent.id) {
            let message = "a lower-case letter or digit first, then letters, digits, _ and -";
            found.push((format!("{path}.id"), message.into()));
        }
        if !ids.insert(&agent.id) {
            found.push((format!("{path}.id"), "another agent has this id".into()));
        }
        defaults += usize::from(agent.default);
        if agent.default && defaults == 2 {
            found.push((
                format!("{path}.default"),
                "another agent is the default already".into(),
            ));
        }
        let primary = agent
            .model
            .as_ref()
            .and_then(|model| model.primary.as_ref());
        model(config, primary, &format!("{path}.model.primary"), found);
    }
}

/// What names an agent, a channel or an account must name one that is there.
fn bindings(config: &Config, found: &mut Found) {
    let agents: BTreeSet<_> = config.agents.list.iter().map(|a| a.id.as_str()).collect();
    let knows_agent = |id: &str| agents.contains(id) || (agents.is_empty() && id == AgentId::MAIN);
    for (i, binding) in config.bindings.iter().enumerate() {
        if !knows_agent(&binding.agent_id) {
            let message = format!("there is no agent \"{}\" in agents.list", binding.agent_id);
            found.push((format!("bindings.{i}.agentId"), message));
        }
        let channel = &binding.matches.channel;
        unknown_channel(
            config,
            channel,
            format!("bindings.{i}.match.channel"),
            found,
        );
    }
    for (i, notice) in config.notices.to.iter().enumerate() {
        unknown_channel(
            config,
            &notice.channel,
            format!("notices.to.{i}.channel"),
            found,
        );
    }
    for channel in config.messages.queue.by_channel.keys() {
        let path = format!("messages.queue.byChannel.{channel}");
        unknown_channel(config, channel, path, found);
    }
    for (name, addresses) in &config.session.identity_links {
        for (i, address) in addresses.iter().enumerate() {
            let path = format!("session.identityLinks.{name}.{i}");
            match address.split_once(':') {
                Some((channel, id)) if !id.is_empty() => {
                    unknown_channel(config, channel, path, found);
                }
                _ => found.push((path, "expected channel:id".into())),
            }
        }
    }
}

fn unknown_channel(config: &Config, channel: &str, path: String, found: &mut Found) {
    if !config.channels.contains_key(channel) {
        found.push((
            path,
            format!("there is no channel \"{channel}\" in channels"),
        ));
    }
}

fn model(config: &Config, primary: Option<&String>, path: &str, found: &mut Found) {
    let Some(primary) = primary else { return };
    let Some(model) = ModelRef::parse(primary) else {
        found.push((path.into(), "expected provider/model".into()));
        return;
    };
    if model.provider == OFFLINE || config.models.providers.contains_key(&model.provider) {
        return;
    }
    let names = config.models.providers.keys().map(String::as_str);
    let hint = match super::nearest::nearest(&model.provider, names) {
        Some(name) => format!(", did you mean \"{name}/{}\"?", model.model),
        None => format!(": add models.providers.{}", model.provider),
    };
    found.push((
        path.into(),
        format!("there is no provider \"{}\"{hint}", model.provider),
    ));
}

/// An address that may be shown: with a scheme and a host, without a secret in it.
fn web_url(url: &str, origin_like: bool) -> Result<(), String> {
    let expected = if origin_like {
        "expected http://host or https://host"
    } else {
        "expected an http or https URL"
    };
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"))
        .ok_or(expected)?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(
            "no user or password in a URL: it would be shown; use a key of its own".to_owned(),
        );
    }
    if authority.is_empty() || url.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(expected.to_owned());
    }
    if url.contains(['?', '#']) {
        return Err("no ? or # in this URL: what stands there would be shown".to_owned());
    }
    Ok(())
}
