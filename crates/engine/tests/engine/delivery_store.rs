//! The outbox while its store fails: nothing is lost, doubled or asked too often.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use tidegate_core::channel::{AccountKey, Target};
use tidegate_core::run::Once;
use tidegate_core::store::{
    AccountLoad, NewOutbound, OutboxRow, OutboxState, OutboxStep, OutboxStore, Posted, StoreError,
};
use tidegate_store::MemoryStore;

use crate::delivery_world::{RunningClock, answer, engine_on};
use crate::network::{FakeNetwork, Outcome, plain};

/// An outbox whose disk fails now and then.
struct Flaky {
    store: MemoryStore,
    fails: AtomicBool,
    asked: AtomicU32,
}

impl Flaky {
    fn try_now(&self, verb: &'static str) -> Result<(), StoreError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        if self.fails.load(Ordering::Relaxed) {
            return Err(StoreError::Failed {
                verb,
                source: "the disk is gone".into(),
            });
        }
        Ok(())
    }
}

#[async_trait]
impl OutboxStore for Flaky {
    async fn post(&self, once: Once, parts: Vec<NewOutbound>) -> Result<Posted, StoreError> {
        self.store.post(once, parts).await
    }

    async fn posted(&self, once: &Once) -> Result<Option<Posted>, StoreError> {
        self.store.posted(once).await
    }

    async fn put(&self, parts: Vec<NewOutbound>) -> Result<(), StoreError> {
        self.store.put(parts).await
    }

    async fn heads(&self, account: &AccountKey, limit: u32) -> Result<Vec<OutboxRow>, StoreError> {
        self.try_now("heads")?;
        self.store.heads(account, limit).await
    }

    async fn step(
        &self,
        no: u64,
        step: OutboxStep,
        now_ms: u64,
    ) -> Result<Option<OutboxRow>, StoreError> {
        self.try_now("step")?;
        self.store.step(no, step, now_ms).await
    }

    async fn group(&self, group: &str) -> Result<Vec<OutboxRow>, StoreError> {
        self.store.group(group).await
    }

    async fn open_parts(
        &self,
        account: Option<&AccountKey>,
        limit: u32,
    ) -> Result<Vec<OutboxRow>, StoreError> {
        self.store.open_parts(account, limit).await
    }

    async fn dead_letters(
        &self,
        account: Option<&AccountKey>,
        limit: u32,
    ) -> Result<Vec<OutboxRow>, StoreError> {
        self.store.dead_letters(account, limit).await
    }

    async fn revive(&self, no: u64, expires_at_ms: u64, now_ms: u64) -> Result<bool, StoreError> {
        self.store.revive(no, expires_at_ms, now_ms).await
    }

    async fn discard(&self, no: u64, now_ms: u64) -> Result<bool, StoreError> {
        self.store.discard(no, now_ms).await
    }

    async fn receipts(&self, target: &Target, since_ms: u64) -> Result<Vec<String>, StoreError> {
        self.try_now("receipts")?;
        self.store.receipts(target, since_ms).await
    }

    async fn load(&self, account: &AccountKey) -> Result<AccountLoad, StoreError> {
        self.store.load(account).await
    }

    async fn prune_outbox(&self, settled_before_ms: u64) -> Result<u64, StoreError> {
        self.store.prune_outbox(settled_before_ms).await
    }
}

#[tokio::test(start_paused = true)]
async fn a_failing_store_is_waited_for() {
    let flaky = Arc::new(Flaky {
        store: MemoryStore::new(),
        fails: AtomicBool::new(false),
        asked: AtomicU32::new(0),
    });
    let (store, clock) = (flaky.store.clone(), RunningClock::new());
    let networks = [FakeNetwork::new("fake", plain())];
    let outbox = Arc::clone(&flaky) as Arc<dyn OutboxStore>;
    let engine = engine_on(outbox, &store, &clock, &networks, Vec::new()).await;
    networks[0].script([Outcome::Slow(Duration::from_secs(1))]);
    let put = async |group: &str, chat: &str| {
        let target = networks[0].direct(chat);
        let parts = answer(group, &target, &[group], engine.now_ms());
        store.put(parts).await.unwrap();
        engine.outbox_changed(networks[0].key());
    };
    put("taken while it fails", "anna").await;
    networks[0].tried(1).await;
    flaky.fails.store(true, Ordering::Relaxed);
    for message in 0..20 {
        put(&message.to_string(), "ben").await;
    }
    let before = flaky.asked.load(Ordering::Relaxed);
    tokio::time::sleep(Duration::from_mins(1)).await;
    let asked = flaky.asked.load(Ordering::Relaxed) - before;
    assert!((2..100).contains(&asked), "asked {asked} times in a minute");
    assert_eq!(networks[0].shown().len(), 1);
    flaky.fails.store(false, Ordering::Relaxed);
    networks[0].shows(21).await;
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert_eq!(networks[0].sent().len(), 21);
    let first = store.group("taken while it fails").await.unwrap().remove(0);
    assert_eq!((first.state, first.attempts), (OutboxState::Sent, 1));
}
