//! Files at signed addresses, as the vendor's content network serves them: without a token, for a
//! day, and to nobody who changed the address.

use crate::discord::snowflake::Snowflake;
use crate::discord::world::{StoredFile, World};

/// How long an address is good.
const DAY_MS: u64 = 86_400_000;

impl World {
    /// The address of a file, good for a day from now.
    pub(crate) fn file_url(&self, channel: Snowflake, id: Snowflake, name: &str) -> String {
        let expires = (self.now_ms() + DAY_MS) / 1000;
        let issued = self.now_ms() / 1000;
        let sign = sign(channel, id, expires);
        format!(
            "http://{}/attachments/{channel}/{id}/{name}?ex={expires:x}&is={issued:x}&hm={sign:016x}&",
            self.host
        )
    }

    /// The file of an address: of its path and its query.
    pub(crate) fn file_at(
        &self,
        path: &[String],
        query: &[(String, String)],
    ) -> Option<StoredFile> {
        let [root, channel, id, name] = path else {
            return None;
        };
        let hex = |key: &str| {
            let (_, value) = query.iter().find(|(have, _)| have == key)?;
            u64::from_str_radix(value, 16).ok()
        };
        let (channel, id) = (Snowflake::parse(channel)?, Snowflake::parse(id)?);
        let (expires, signed) = (hex("ex")?, hex("hm")?);
        let good = root == "attachments"
            && signed == sign(channel, id, expires)
            && expires.saturating_mul(1000) >= self.now_ms();
        let file = self
            .files
            .get(&id)
            .filter(|file| good && file.channel == channel && file.name == *name);
        file.cloned()
    }
}

/// A checksum in the place of the vendor's signature: enough to notice a changed address.
fn sign(channel: Snowflake, id: Snowflake, expires: u64) -> u64 {
    let text = format!("{channel}/{id}/{expires}");
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
