//! The one place that names concrete things: which store, which runners, which gateway. Nothing
//! else in the house chooses between implementations.

mod agents;
mod canvas;
pub(crate) mod channels;
pub(crate) mod fence;
mod hosts;
mod log_tail;
mod machine;
pub(crate) mod networks;
pub(crate) mod probe;
mod routing;
mod tools;

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use tidegate_channels::web_file::WebFiles;
use tidegate_core::node::NodeRules;
use tidegate_core::{Clock, Events, IdGen, Secret, SystemClock, SystemIds};
use tidegate_engine::{Engine, EngineParts, NetworkSettings};
use tidegate_gateway::{Gateway, GatewayConfig, Hub, Metrics, Tls};
use tidegate_store::{OpenError, SqliteStore};
use tokio_util::sync::CancellationToken;

use crate::claims::{self, HostClaims};
use crate::commands::gateway_run::Ready;
use crate::config::env::Environment;
use crate::config::model_network::NodesConfig;
use crate::config::{ConfigView, FileState, Loaded};
use crate::exit::Exit;
use crate::logging::LogFile;
use crate::output::Failure;
pub(crate) use hosts::allowed as allowed_hosts;

/// The database in the state directory.
const DATABASE: &str = "tidegate.db";
/// So many days before its end a certificate makes the gateway ask for attention (SECURITY F34).
const CERTIFICATE_DAYS: u64 = 14;
/// Files of messages, in the state directory.
const FILES: &str = "media";
/// Time for runs at work when the gateway stops (SECURITY F12).
const DRAIN: Duration = Duration::from_secs(25);

/// What the start has prepared.
pub(crate) struct Daemon {
    pub(crate) loaded: Loaded,
    pub(crate) listeners: Vec<TcpListener>,
    pub(crate) webchat_listeners: Vec<TcpListener>,
    pub(crate) canvas_listeners: Vec<TcpListener>,
    pub(crate) owner_token: Secret<String>,
    pub(crate) password: Option<Secret<String>>,
    pub(crate) tls: Option<Tls>,
    pub(crate) log: LogFile,
    pub(crate) stop: CancellationToken,
    /// Called when the gateway serves.
    pub(crate) ready: Box<dyn FnOnce(Ready) + Send>,
}

/// Puts the daemon together and serves until it is stopped.
///
/// # Errors
/// The configuration names something that cannot be, the database cannot be opened, or a
/// listener fails.
pub(crate) async fn serve(daemon: Daemon) -> anyhow::Result<()> {
    let Daemon {
        loaded,
        listeners,
        webchat_listeners,
        canvas_listeners,
        owner_token,
        password,
        tls,
        log,
        stop,
        ready,
    } = daemon;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let ids: Arc<dyn IdGen> = Arc::new(SystemIds);
    let store = open(&loaded)?;
    let hub = Hub::new(Arc::new(Metrics::new()), Arc::clone(&clock));
    let problems = problems(&loaded, tls.as_ref(), clock.now_ms());
    let engine = Engine::new(EngineParts {
        sessions: Arc::new(store.clone()),
        runs: Arc::new(store.clone()),
        devices: Arc::new(store.clone()),
        inbox: Arc::new(store.clone()),
        outbox: Arc::new(store.clone()),
        senders: Arc::new(store.clone()),
        approvals: Arc::new(store.clone()),
        nodes: Arc::new(store.clone()),
        node_rules: node_rules(&loaded.config.gateway.nodes),
        events: Events::new(Arc::clone(&hub) as Arc<dyn tidegate_core::EventSink>),
        connections: Arc::clone(&hub) as Arc<dyn tidegate_core::LiveConnections>,
        clock: Arc::clone(&clock),
        ids: Arc::clone(&ids),
        agents: Arc::new(agents::agents(&loaded, &clock)?),
        networks: networks_of(&loaded, &clock)?,
        facts: machine::facts(store_path(&loaded).display().to_string(), problems),
    });
    let tools = tools::Tools::new(home(&loaded), fence::fence(&loaded), &clock, &ids);
    let canvas_events = Events::new(Arc::clone(&hub) as Arc<dyn tidegate_core::EventSink>);
    let canvas = canvas::canvas(&loaded, canvas_events, Arc::clone(&clock), ids);
    let canvas_tool = canvas.as_ref().map(canvas::tool);
    engine.give_tools(tools.list.iter().cloned().chain(canvas_tool).collect())?;
    engine.start().await?;
    let bound: Vec<_> = listeners
        .iter()
        .chain(&webchat_listeners)
        .filter_map(|l| l.local_addr().ok())
        .collect();
    #[cfg(feature = "mdns")]
    let _told = being_found(&loaded, &bound, tls.as_ref());
    let config = GatewayConfig {
        canvas,
        token: owner_token,
        password,
        allowed_hosts: hosts::allowed(&loaded.config.gateway, &bound),
        setup: hosts::setup(&loaded.config.gateway, &bound, tls.is_some()),
        tls,
        allowed_origins: hosts::origins(&loaded.config.gateway),
        config_path: loaded.config_path.display().to_string(),
        state_dir: loaded.state_dir.display().to_string(),
        read_config: {
            let view = ConfigView::new(&loaded);
            Arc::new(move || view.get())
        },
        read_schema: {
            let view = ConfigView::new(&loaded);
            Arc::new(move || view.schema(SystemClock.now_ms()))
        },
        log_tail: log_tail::reader(log),
    };
    let (code, _) = engine.one_time_code();
    let gateway = Gateway::new(engine, hub, config).with_canvas_listeners(canvas_listeners);
    let all = listeners.into_iter().chain(webchat_listeners).collect();
    let serving = gateway.serve(all, stop, DRAIN);
    ready(Ready { code: Some(code) });
    let served = serving.await;
    tools.close().await;
    store.close().await;
    served.map_err(Into::into)
}

/// Chat networks, from the configuration.
fn networks_of(loaded: &Loaded, clock: &Arc<dyn Clock>) -> Result<NetworkSettings, Failure> {
    let config = &loaded.config;
    // Without a home there is one gateway a state directory, as its lock sees to.
    let home = Environment::of_process().home();
    let claims_in = home.map_or_else(
        || loaded.state_dir.join("accounts"),
        |home| claims::folder(&home),
    );
    Ok(NetworkSettings {
        accounts: channels::open(loaded, clock)?,
        routing: routing::routing(config),
        resets: routing::resets(config),
        zone: jiff::tz::TimeZone::system,
        claims: Some(Arc::new(HostClaims::new(&claims_in, &loaded.state_dir))),
        files: loaded.state_dir.join(FILES),
        source: Arc::new(WebFiles::default()),
        notices: routing::notices(config),
        ack: routing::ack(config),
    })
}

/// Which commands nodes may be sent.
fn node_rules(config: &NodesConfig) -> NodeRules {
    NodeRules::new(
        config.allow_commands.iter().cloned(),
        config.deny_commands.iter().cloned(),
    )
}

/// Where programs begin for an agent that has no folder of its own.
fn home(loaded: &Loaded) -> std::path::PathBuf {
    let home = Environment::of_process().home();
    home.unwrap_or_else(|| loaded.state_dir.clone())
}

fn store_path(loaded: &Loaded) -> std::path::PathBuf {
    loaded.state_dir.join(DATABASE)
}

fn open(loaded: &Loaded) -> Result<SqliteStore, Failure> {
    let path = store_path(loaded);
    SqliteStore::open(&path).map_err(|error| {
        let next = match &error {
            OpenError::Newer { .. } => "start the version that wrote it, or restore the copy that was made before the upgrade",
            _ => "look at the permissions and the free space of the state directory",
        };
        Failure::new(Exit::Config, format!("the database {} cannot be opened: {error}", path.display())).next(next)
    })
}

/// Tells the local network of the gateway, if that is wanted, for as long as the answer lives. That
/// nobody can be told is no reason not to serve.
#[cfg(feature = "mdns")]
fn being_found(
    loaded: &Loaded,
    bound: &[std::net::SocketAddr],
    tls: Option<&Tls>,
) -> Option<crate::discovery::Advertised> {
    let mode = loaded.config.discovery.mdns.mode;
    let host = machine::host_name();
    let told = crate::discovery::advertise(mode, &host, bound, tls.map(Tls::fingerprint));
    told.unwrap_or_else(|error| {
        tracing::warn!(target: "tidegate::listen", %error, "the local network cannot be told of the gateway");
        None
    })
}

/// A certificate that ends soon.
fn ending(tls: &Tls, now_ms: u64) -> Option<String> {
    let left_ms = tls.expires_at_ms().saturating_sub(now_ms);
    let days = left_ms / (24 * 60 * 60 * 1000);
    (days < CERTIFICATE_DAYS).then(|| {
        format!("the TLS certificate ends in {days} days: put a new one in its place, then restart")
    })
}

/// What health shows as wrong from the start: a configuration that is not the one in the file,
/// providers whose key could not be had, a certificate that ends soon, and programs without a fence.
fn problems(loaded: &Loaded, tls: Option<&Tls>, now_ms: u64) -> Vec<String> {
    let config = match &loaded.source {
        FileState::LastKnownGood { problem } => Some(problem.clone()),
        FileState::Missing | FileState::Valid => None,
    };
    let providers = &loaded.config.models.providers;
    let keyless = providers.iter().filter(|(name, provider)| {
        provider.api_key.is_some() && !loaded.secrets.provider_keys.contains_key(*name)
    });
    let keyless = keyless.map(|(name, _)| {
        format!("models.providers.{name}.apiKey could not be had: see `tidegate config validate`, then restart")
    });
    let ending = tls.and_then(|tls| ending(tls, now_ms));
    let unfenced = fence::problem(loaded);
    let lines = config.into_iter().chain(keyless);
    lines.chain(ending).chain(unfenced).collect()
}
