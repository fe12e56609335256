//! The service of a user, for systemd (DECISIONS D21).

use std::path::Path;

/// Its name, without `.service`: each profile has its own.
pub(super) fn name(profile: Option<&str>) -> String {
    profile.map_or_else(
        || "tidegate-node".to_owned(),
        |profile| format!("tidegate-node-{profile}"),
    )
}

/// The text of the unit. It holds no secret: the node has a token of its own by then.
pub(super) fn text(binary: &Path, state_dir: &Path, profile: Option<&str>) -> String {
    let profile = profile.map_or_else(String::new, |name| {
        format!("{} ", quoted(&format!("--profile={name}")))
    });
    let binary = quoted(&binary.to_string_lossy());
    let state = quoted(&format!("TIDEGATE_STATE_DIR={}", state_dir.display()));
    format!(
        "[Unit]\n\
         Description=Tidegate node\n\
         \n\
         [Service]\n\
         ExecStart={binary} {profile}node run\n\
         Environment={state}\n\
         Restart=on-failure\n\
         RestartSec=5\n\
         # Wrong configuration, a gateway that is not to be trusted, or one whose owner put this\n\
         # node out: again would not help.\n\
         RestartPreventExitStatus=77 78\n\
         SuccessExitStatus=143\n\
         # The host ends its programs itself; what is left after that is killed.\n\
         KillMode=mixed\n\
         TimeoutStopSec=30\n\
         UMask=0077\n\
         \n\
         [Install]\n\
         WantedBy=default.target\n"
    )
}

/// One word as systemd reads it: nothing in it is a specifier, a variable or an escape.
fn quoted(word: &str) -> String {
    let plain = word
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('%', "%%")
        .replace('$', "$$")
        .replace('\n', "\\n");
    format!("\"{plain}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_words() {
        assert_eq!(quoted("/a b/%h/$HOME\\\"x"), "\"/a b/%%h/$$HOME\\\\\\\"x\"");
        let unit = text(
            Path::new("/usr/bin/tidegate"),
            Path::new("/home/a/.t"),
            Some("x"),
        );
        assert!(unit.contains("\nExecStart=\"/usr/bin/tidegate\" \"--profile=x\" node run\n"));
        assert!(unit.contains("\nEnvironment=\"TIDEGATE_STATE_DIR=/home/a/.t\"\n"));
        let plain = text(Path::new("/b"), Path::new("/s"), None);
        assert!(plain.contains("\nExecStart=\"/b\" node run\n"));
    }
}
