//! What a test of two hosts begins with: a gateway under TLS, and whoever comes from elsewhere.

use serde_json::Value;

use crate::cable::{Cable, Host, NEAR};
use crate::house::{Gateway, House, Ran, Running};
use crate::pinned::{PORT, open_to_others};

/// The gateway's host, with its owner at it.
pub(crate) struct Home<'h> {
    pub(crate) house: House<'h>,
    gateway: Option<Gateway>,
}

/// Somebody on the other host, who knows where the gateway is and which certificate it shows.
pub(crate) struct Visitor<'h> {
    pub(crate) house: House<'h>,
    /// `--url` and `--tls-fingerprint`.
    way: Vec<String>,
    /// `--token-file`.
    secret: Vec<String>,
}

impl<'h> Home<'h> {
    pub(crate) async fn on(cable: &'h Cable) -> Self {
        let house = House::on(&cable.near);
        let gateway = house.serve(&open_to_others()).await;
        Self {
            house,
            gateway: Some(gateway),
        }
    }

    /// Kills the gateway as `kill -9` does, and starts it again.
    pub(crate) async fn restart(&mut self) {
        self.gateway.take().unwrap().kill().await;
        self.gateway = Some(self.house.serve(&open_to_others()).await);
    }

    /// Somebody who was told the certificate, and may be given the secret.
    pub(crate) fn visitor(&self, host: &'h Host) -> Visitor<'h> {
        let house = House::on(host);
        let secret = house.path().join("secret");
        std::fs::write(&secret, self.house.token()).unwrap();
        let pin = &self.gateway.as_ref().unwrap().fingerprint;
        let url = format!("wss://{NEAR}:{PORT}");
        let words = |words: [&str; 2]| words.map(ToOwned::to_owned).to_vec();
        Visitor {
            way: [words(["--url", &url]), words(["--tls-fingerprint", pin])].concat(),
            secret: words(["--token-file", &secret.display().to_string()]),
            house,
        }
    }

    /// What the owner is answered.
    pub(crate) async fn ask(&self, args: &[&str]) -> Value {
        let ran = self.house.run(&[args, &["--json"]].concat()).await;
        ran.json()
    }

    /// The one request that waits.
    pub(crate) async fn waiting(&self) -> Value {
        let mut list = self.ask(&["devices", "list"]).await;
        let waiting = list["pending"].as_array_mut().unwrap();
        assert_eq!(waiting.len(), 1, "{waiting:?}");
        waiting.remove(0)
    }

    /// Approves the one request that waits, by its id; the request.
    pub(crate) async fn approve(&self) -> Value {
        let waiting = self.waiting().await;
        let id = waiting["requestId"].as_str().unwrap();
        self.house.run(&["devices", "approve", id]).await.done();
        waiting
    }

    /// A device that may join, or might until somebody took it back.
    pub(crate) async fn device(&self, id: &str) -> Value {
        let list = self.ask(&["devices", "list"]).await;
        let mut paired = list["paired"].as_array().unwrap().iter();
        let found = paired.find(|device| device["deviceId"] == *id);
        found.unwrap_or_else(|| panic!("{id} in {list}")).clone()
    }
}

impl Visitor<'_> {
    fn with<'a>(&'a self, args: &[&'a str], more: &'a [String]) -> Vec<&'a str> {
        let flags = self.way.iter().chain(more).map(String::as_str);
        args.iter().copied().chain(flags).collect()
    }

    /// A command of somebody who has nothing but what the gateway gave to the device.
    pub(crate) async fn run(&self, args: &[&str]) -> Ran {
        self.house.run(&self.with(args, &[])).await
    }

    /// A command of somebody who shows the secret.
    pub(crate) async fn run_with_secret(&self, args: &[&str]) -> Ran {
        self.house.run(&self.with(args, &self.secret)).await
    }

    /// Starts a command that goes on.
    pub(crate) fn start(&self, args: &[&str]) -> Running {
        self.house.start(&self.with(args, &[]))
    }

    /// Starts one that shows the secret.
    pub(crate) fn start_with_secret(&self, args: &[&str]) -> Running {
        self.house.start(&self.with(args, &self.secret))
    }
}
