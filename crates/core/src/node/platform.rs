//! Which operating system a node says it has.

use tidegate_protocol::command::Platform;

/// Beginnings of words for each system (V3 8.2); the first that fits counts.
const BEGINNINGS: [(&str, Platform); 9] = [
    ("ios", Platform::Ios),
    ("ipad", Platform::Ios),
    ("iphone", Platform::Ios),
    ("android", Platform::Android),
    ("mac", Platform::Macos),
    ("darwin", Platform::Macos),
    ("linux", Platform::Linux),
    ("win", Platform::Windows),
    ("pc windows", Platform::Windows),
];

/// The system by the word that the node gives for it, else by the kind of device. `None` if neither
/// says it.
pub fn platform_of(platform: Option<&str>, device_family: Option<&str>) -> Option<Platform> {
    [platform, device_family]
        .into_iter()
        .flatten()
        .find_map(by_beginning)
}

fn by_beginning(word: &str) -> Option<Platform> {
    let word = word.trim().to_ascii_lowercase();
    BEGINNINGS
        .into_iter()
        .find(|(beginning, _)| word.starts_with(beginning))
        .map(|(_, platform)| platform)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_of_the_word_says_it_and_the_kind_of_device_helps() {
        let of = |platform: &str, family: &str| platform_of(Some(platform), Some(family));
        assert_eq!(of("ios 18.2", ""), Some(Platform::Ios));
        assert_eq!(of(" Darwin 25", ""), Some(Platform::Macos));
        assert_eq!(of("macOS", "iPhone"), Some(Platform::Macos));
        assert_eq!(of("linux", ""), Some(Platform::Linux));
        assert_eq!(of("win32", ""), Some(Platform::Windows));
        assert_eq!(of("haiku", "iPad"), Some(Platform::Ios));
        assert_eq!(of("haiku", "toaster"), None);
        assert_eq!(platform_of(None, None), None);
    }
}
