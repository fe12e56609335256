//! Connecting an account, and giving one a new secret.

use std::collections::BTreeMap;

use tidegate_channels::network::Way;

use super::connect::{Account, Values};
use super::secrets::ask_value;
use crate::args::{ChannelsAddArgs, ChannelsLoginArgs, Globals, SecretSource};
use crate::compose::probe::{API_ROOT, WEBHOOK_URL};
use crate::exit::Exit;
use crate::output::Failure;

/// The keys that hold no secret, and their arguments.
const ARGUMENTS: [(&str, &str); 2] = [(API_ROOT, "--api-root"), (WEBHOOK_URL, "--webhook-url")];

pub(crate) async fn add(args: &ChannelsAddArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let account = Account::new(&args.account, globals)?;
    if account.has_credential() {
        let next = "give it a new secret with `tidegate channels login`, or name another account with --account";
        let what = format!("{} is connected already", account.named());
        return Err(Failure::new(Exit::Usage, what).next(next).into());
    }
    let mut values = values_of(args);
    let way = chosen_way(&account, args.mode.as_deref(), &values)?;
    refuse_unread(&account, way, &values)?;
    for (key, argument) in ARGUMENTS {
        let is_there = values.contains_key(key) || account.has(key);
        let asked = account.network.keys().iter().find(|one| one.name == key);
        if let (true, false, Some(asked)) = (way.keys.contains(&key), is_there, asked) {
            values.insert(key, ask_value(asked.ask, argument)?);
        }
    }
    let given = account
        .wanted(way, true)
        .collect(&args.secrets, &account.screen)?;
    if let Some(name) = &args.name {
        values.insert("name", name.clone());
    }
    account
        .connect(&values, &given, args.secrets.timeout_ms)
        .await
}

pub(crate) async fn login(args: &ChannelsLoginArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let account = Account::new(&args.account, globals)?;
    if account.there.is_none() {
        let what = format!("{} is not in the configuration", account.named());
        let next = format!(
            "connect it with `tidegate channels add {}`",
            account.network.id()
        );
        return Err(Failure::new(Exit::Usage, what).next(next).into());
    }
    let way = account.network.way(&|key| account.has(key));
    // Whoever names a secret means that one alone.
    let ask = !args.secrets.sources().iter().any(SecretSource::is_given);
    let given = account
        .wanted(way, ask)
        .collect(&args.secrets, &account.screen)?;
    account
        .connect(&BTreeMap::new(), &given, args.secrets.timeout_ms)
        .await
}

fn values_of(args: &ChannelsAddArgs) -> Values {
    let given = [(API_ROOT, &args.api_root), (WEBHOOK_URL, &args.webhook_url)];
    let given = given.into_iter();
    given
        .filter_map(|(key, value)| Some((key, value.clone()?)))
        .collect()
}

/// The way that `--mode` names, else the one that the other arguments mean.
fn chosen_way(
    account: &Account,
    mode: Option<&str>,
    values: &Values,
) -> Result<&'static Way, Failure> {
    let network = account.network;
    let Some(mode) = mode else {
        return Ok(network.way(&|key| values.contains_key(key) || account.has(key)));
    };
    let ways = network.ways();
    ways.iter()
        .find(|way| way.mode == mode)
        .copied()
        .ok_or_else(|| {
            let modes: Vec<&str> = ways.iter().map(|way| way.mode).collect();
            let what = format!("--mode: {} has no way {mode:?}", network.label());
            Failure::new(Exit::Usage, what).next(format!("it has {}", modes.join(", ")))
        })
}

/// An argument for what this way does not read is a mistake.
fn refuse_unread(account: &Account, way: &Way, values: &Values) -> Result<(), Failure> {
    let network = account.network;
    let is_read = |key: &str| {
        let of_other = network.ways().iter().any(|way| way.keys.contains(&key));
        let is_key = network.keys().iter().any(|one| one.name == key);
        way.keys.contains(&key) || (is_key && !of_other)
    };
    for (key, argument) in ARGUMENTS {
        if values.contains_key(key) && !is_read(key) {
            let what = format!("{} by {} takes no {argument}", network.label(), way.mode);
            return Err(Failure::new(Exit::Usage, what));
        }
    }
    Ok(())
}
