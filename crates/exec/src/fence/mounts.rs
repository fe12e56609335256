//! Other names of a path: the kernel judges a file by the name under which it was opened, and a file
//! system that is mounted twice gives its files two.

use std::path::{Path, PathBuf};

/// One line of `/proc/self/mountinfo`.
struct Mount {
    /// Which file system: its device, as `major:minor`.
    device: String,
    /// Which part of it.
    root: PathBuf,
    /// Where it is seen.
    point: PathBuf,
}

/// The other names of a path without links, by the table of mounts. A mount that shows a part of what
/// the path holds counts as one.
pub(super) fn other_names(table: &str, path: &Path) -> Vec<PathBuf> {
    let mounts: Vec<Mount> = table.lines().filter_map(parse).collect();
    // Of two mounts at the same place the later one is seen.
    let over = mounts
        .iter()
        .filter(|mount| path.starts_with(&mount.point))
        .max_by_key(|mount| mount.point.components().count());
    let Some(place) = over.and_then(|over| {
        let rest = path.strip_prefix(&over.point).ok()?;
        Some((&over.device, over.root.join(rest)))
    }) else {
        return Vec::new();
    };
    let (device, inside) = place;
    mounts
        .iter()
        .filter(|mount| mount.device == *device)
        .filter_map(|mount| match inside.strip_prefix(&mount.root) {
            Ok(rest) => Some(mount.point.join(rest)),
            Err(_) => mount.root.starts_with(&inside).then(|| mount.point.clone()),
        })
        .filter(|name| name != path)
        .collect()
}

fn parse(line: &str) -> Option<Mount> {
    // proc_pid_mountinfo(5): the device is field 3, the root 4, the place 5.
    let mut fields = line.split(' ').skip(2);
    Some(Mount {
        device: fields.next()?.to_owned(),
        root: plain(fields.next()?).into(),
        point: plain(fields.next()?).into(),
    })
}

/// Without the escapes of the table.
fn plain(field: &str) -> String {
    [
        ("\\040", " "),
        ("\\011", "\t"),
        ("\\012", "\n"),
        ("\\134", "\\"),
    ]
    .iter()
    .fold(field.to_owned(), |text, (escape, is)| {
        text.replace(escape, is)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
21 1 8:1 / / rw - ext4 /dev/sda1 rw
22 21 0:5 / /proc rw - proc proc rw
23 21 8:2 /@home /home rw - btrfs /dev/sda2 rw
24 21 8:2 / /mnt/whole\\040disk rw - btrfs /dev/sda2 rw
25 21 8:2 /@home/u/state/media /srv/media rw - btrfs /dev/sda2 rw
26 21 8:2 /@other /other rw - btrfs /dev/sda2 rw
27 21 8:1 /home/u /old rw - ext4 /dev/sda1 rw
";

    #[test]
    fn a_file_system_that_is_mounted_twice_gives_two_names() {
        let names = other_names(TABLE, Path::new("/home/u/state"));
        let expected = ["/mnt/whole disk/@home/u/state", "/srv/media"];
        assert_eq!(names, expected.map(PathBuf::from));
    }

    #[test]
    fn one_that_is_mounted_once_gives_none() {
        assert!(other_names(TABLE, Path::new("/var/lib/state")).is_empty());
        assert!(other_names("", Path::new("/var/lib/state")).is_empty());
    }
}
