//! What people do: write, edit, delete, react, share files. Commands and buttons: `press.rs`.
//!
//! Text is in the vendor's own form: `<@U…>` for mentions, `&amp; &lt; &gt;` for the three
//! characters. The app hears of a channel only if its bot is in it.

use bytes::Bytes;
use serde_json::{Value, json};

use super::api::Refusal;
use super::event;
use super::fake::SlackFake;
use super::world::{Draft, File, Message, World, names};

/// A file that somebody shares.
#[derive(Debug, Clone)]
pub struct NewFile {
    /// Its name.
    pub name: String,
    /// What the vendor takes it for.
    pub mimetype: String,
    /// Its bytes.
    pub bytes: Bytes,
}

impl SlackFake {
    /// A person writes to the bot. Gives the channel and the `ts`.
    ///
    /// # Errors
    /// There is no such person.
    pub fn dm(&self, user: &str, text: &str) -> Result<(String, String), Refusal> {
        let (channel, _) = self
            .core()
            .world(|world| world.im_with(user))
            .ok_or("user_not_found")?;
        let ts = self.say(&channel, Draft::text(user, text))?.ts;
        Ok((channel, ts))
    }

    /// Somebody writes in a channel. Gives the `ts`.
    ///
    /// # Errors
    /// There is no such channel.
    pub fn channel_message(
        &self,
        channel: &str,
        user: &str,
        text: &str,
    ) -> Result<String, Refusal> {
        Ok(self.say(channel, Draft::text(user, text))?.ts)
    }

    /// Somebody names the bot in a channel: one message, two events (`message`, `app_mention`).
    ///
    /// # Errors
    /// There is no such channel.
    pub fn mention(&self, channel: &str, user: &str, text: &str) -> Result<String, Refusal> {
        let text = format!("<@{}> {text}", names::BOT_USER);
        let message = self.say(channel, Draft::text(user, &text))?;
        self.tell_mention(channel, &message);
        Ok(message.ts)
    }

    /// Somebody answers in a thread. A reply that names the bot is a mention, too.
    ///
    /// # Errors
    /// There is no such channel or thread.
    pub fn thread_reply(
        &self,
        channel: &str,
        thread_ts: &str,
        user: &str,
        text: &str,
    ) -> Result<String, Refusal> {
        self.core().look(|world| {
            let channel = world.channels.get(channel).ok_or("channel_not_found")?;
            channel.find(thread_ts).ok_or("thread_not_found")?;
            Ok::<_, Refusal>(())
        })?;
        let draft = Draft {
            thread_ts: Some(thread_ts.to_owned()),
            ..Draft::text(user, text)
        };
        let message = self.say(channel, draft)?;
        if text.contains(&format!("<@{}>", names::BOT_USER)) {
            self.tell_mention(channel, &message);
        }
        Ok(message.ts)
    }

    /// The author edits a message.
    ///
    /// # Errors
    /// There is no such message.
    pub fn edit(&self, channel: &str, ts: &str, text: &str) -> Result<(), Refusal> {
        let edited = self.core().change(channel, ts, |message, now| {
            text.clone_into(&mut message.text);
            message.edited_ts = Some(now);
        });
        edited.map(drop).ok_or_else(|| "message_not_found".into())
    }

    /// The vendor adds the preview of a link: `message_changed` although nobody edited anything.
    ///
    /// # Errors
    /// There is no such message.
    pub fn unfurl(&self, channel: &str, ts: &str) -> Result<(), Refusal> {
        let changed = self.core().change(channel, ts, |message, _now| {
            message.attachments =
                json!([{"id": 1, "title": "A page", "from_url": "https://x.test"}]);
        });
        changed.map(drop).ok_or_else(|| "message_not_found".into())
    }

    /// The author deletes a message.
    ///
    /// # Errors
    /// There is no such message.
    pub fn delete(&self, channel: &str, ts: &str) -> Result<(), Refusal> {
        if self.core().delete(channel, ts) {
            Ok(())
        } else {
            Err("message_not_found".into())
        }
    }

    /// Somebody reacts to a message.
    ///
    /// # Errors
    /// There is no such message, or they did before.
    pub fn react(&self, channel: &str, ts: &str, user: &str, name: &str) -> Result<(), Refusal> {
        Ok(self.core().react(channel, ts, user, name, true)?)
    }

    /// Somebody shares a file with words. Gives the `ts` and the id of the file.
    ///
    /// # Errors
    /// There is no such channel.
    pub fn share_file(
        &self,
        channel: &str,
        user: &str,
        file: NewFile,
        text: &str,
    ) -> Result<(String, String), Refusal> {
        let (id, shown) = self.core().world(|world| keep(world, user, file));
        let draft = Draft {
            files: vec![shown],
            ..Draft::text(user, text)
        };
        Ok((self.say(channel, draft)?.ts, id))
    }

    fn say(&self, channel: &str, draft: Draft) -> Result<Message, Refusal> {
        let posted = self.core().post(channel, draft);
        posted.ok_or_else(|| "channel_not_found".into())
    }

    fn tell_mention(&self, channel: &str, message: &Message) {
        let event = self.core().look(|world| {
            let channel = world.channels.get(channel)?;
            channel.has_bot().then(|| event::mention(channel, message))
        });
        self.core().tell(event);
    }
}

fn keep(world: &mut World, user: &str, file: NewFile) -> (String, Value) {
    let (id, ticket) = (world.next_id("F0"), world.next_uuid());
    let file = File {
        id: id.clone(),
        title: file.name.clone(),
        name: file.name,
        mimetype: file.mimetype,
        user: user.to_owned(),
        announced: file.bytes.len(),
        bytes: Some(file.bytes),
        complete: true,
        ticket,
    };
    let shown = file.to_json(&world.root);
    world.files.insert(id.clone(), file);
    (id, shown)
}
