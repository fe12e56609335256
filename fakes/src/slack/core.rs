//! What the parts of the fake share, and the verbs that change the workspace and tell the app of it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::api::{Auth, Limits};
use super::delivery::{Dispatch, Outgoing};
use super::event;
use super::response_url::Hooks;
use super::rules::Rules;
use super::trace::{Call, Download, HookAnswer, Step};
use super::world::{Channel, Draft, Message, Reaction, World};
use crate::common::{FakeClock, FaultPlan, Recorder};

/// The whole fake but for its sockets to the world.
pub(super) struct Core {
    pub(super) rules: Rules,
    pub(super) clock: FakeClock,
    pub(super) faults: FaultPlan,
    pub(super) calls: Recorder<Call>,
    pub(super) steps: Recorder<Step>,
    pub(super) downloads: Recorder<Download>,
    pub(super) hook_answers: Recorder<HookAnswer>,
    pub(super) dispatch: Dispatch,
    /// Tasks of deliveries; they end when `stop` is cancelled.
    pub(super) tasks: TaskTracker,
    pub(super) stop: CancellationToken,
    pub(super) changed: watch::Sender<u64>,
    world: Mutex<World>,
    auth: Mutex<Auth>,
    limits: Mutex<Limits>,
    hooks: Mutex<Hooks>,
}

impl Core {
    pub(super) fn new(rules: Rules, clock: FakeClock, seed: u64) -> Self {
        Self {
            limits: Mutex::new(Limits::new(&rules)),
            rules,
            world: Mutex::new(World::new(clock.clone())),
            clock,
            faults: FaultPlan::seeded(seed),
            calls: Recorder::default(),
            steps: Recorder::default(),
            downloads: Recorder::default(),
            hook_answers: Recorder::default(),
            dispatch: Dispatch::default(),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
            changed: watch::Sender::new(0),
            auth: Mutex::new(Auth::default()),
            hooks: Mutex::new(Hooks::default()),
        }
    }

    /// Looks at the workspace.
    pub(super) fn look<R>(&self, look: impl FnOnce(&World) -> R) -> R {
        look(&lock(&self.world))
    }

    /// Changes the workspace, and wakes who waits for that.
    pub(super) fn world<R>(&self, act: impl FnOnce(&mut World) -> R) -> R {
        let done = act(&mut lock(&self.world));
        self.wake();
        done
    }

    pub(super) fn auth(&self) -> MutexGuard<'_, Auth> {
        lock(&self.auth)
    }

    pub(super) fn limits(&self) -> MutexGuard<'_, Limits> {
        lock(&self.limits)
    }

    pub(super) fn hooks(&self) -> MutexGuard<'_, Hooks> {
        lock(&self.hooks)
    }

    /// Records a step of a delivery.
    pub(super) fn step(&self, step: Step) {
        self.steps.push(step);
        self.wake();
    }

    /// Lets everybody look again who waits for something to become true.
    pub(super) fn wake(&self) {
        self.changed.send_modify(|count| *count += 1);
    }

    /// Posts and tells. None if there is no such channel.
    pub(super) fn post(self: &Arc<Self>, channel: &str, draft: Draft) -> Option<Message> {
        let (message, event) = self.world(|world| {
            let message = world.post(channel, draft)?;
            let channel = world.channels.get(channel)?;
            Some((
                message.clone(),
                told(channel, event::message(channel, &message)),
            ))
        })?;
        self.tell(event);
        Some(message)
    }

    /// Changes a message, given the `ts` of now, and tells. None if there is no such message.
    pub(super) fn change(
        self: &Arc<Self>,
        channel: &str,
        ts: &str,
        change: impl FnOnce(&mut Message, String),
    ) -> Option<Message> {
        let (message, event) = self.world(|world| {
            let now = world.next_ts();
            let channel = world.channels.get_mut(channel)?;
            let message = channel.find_mut(ts)?;
            let before = message.to_json(false);
            change(message, now.clone());
            let after = message.clone();
            let event = event::changed(channel, &after, &before, &now);
            Some((after, told(channel, event)))
        })?;
        self.tell(event);
        Some(message)
    }

    /// Removes a message and tells. False if there is no such message.
    pub(super) fn delete(self: &Arc<Self>, channel: &str, ts: &str) -> bool {
        let event = self.world(|world| {
            let now = world.next_ts();
            let channel = world.channels.get_mut(channel)?;
            let place = channel
                .messages
                .iter()
                .position(|message| message.ts == ts)?;
            let gone = channel.messages.remove(place);
            Some(told(channel, event::deleted(channel, &gone, &now)))
        });
        let there = event.is_some();
        self.tell(event.flatten());
        there
    }

    /// Adds or removes somebody's reaction and tells.
    ///
    /// # Errors
    /// The vendor's word for what is wrong.
    pub(super) fn react(
        self: &Arc<Self>,
        channel: &str,
        ts: &str,
        user: &str,
        name: &str,
        add: bool,
    ) -> Result<(), &'static str> {
        let event = self.world(|world| {
            let now = world.next_ts();
            let channel = world.channels.get_mut(channel).ok_or("channel_not_found")?;
            let message = channel.find_mut(ts).ok_or("message_not_found")?;
            change_reaction(message, user, name, add)?;
            let message = message.clone();
            let kind = if add {
                "reaction_added"
            } else {
                "reaction_removed"
            };
            let event = event::reaction(kind, channel, &message, user, name, &now);
            Ok::<_, &'static str>(told(channel, event))
        })?;
        self.tell(event);
        Ok(())
    }

    /// Sends an event on its way, if there is one.
    pub(super) fn tell(self: &Arc<Self>, event: Option<Value>) {
        let Some(event) = event else { return };
        let (id, now_s) = self.world(|world| (world.next_id("Ev"), world.now_ms() / 1000));
        let payload = event::callback(&id, now_s, &event);
        self.publish(Outgoing::event(id, payload));
    }
}

/// The app hears only of channels that its bot is in.
fn told(channel: &Channel, event: Value) -> Option<Value> {
    channel.has_bot().then_some(event)
}

fn change_reaction(
    message: &mut Message,
    user: &str,
    name: &str,
    add: bool,
) -> Result<(), &'static str> {
    let place = message.reactions.iter().position(|had| had.name == name);
    let had = place.and_then(|place| message.reactions.get_mut(place));
    match (had, add) {
        (Some(had), true) if had.users.iter().any(|who| who == user) => Err("already_reacted"),
        (Some(had), true) => {
            had.users.push(user.to_owned());
            Ok(())
        }
        (None, true) => {
            message.reactions.push(Reaction {
                name: name.to_owned(),
                users: vec![user.to_owned()],
            });
            Ok(())
        }
        (Some(had), false) if had.users.iter().any(|who| who == user) => {
            had.users.retain(|who| who != user);
            message.reactions.retain(|left| !left.users.is_empty());
            Ok(())
        }
        (_, false) => Err("no_reaction"),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
