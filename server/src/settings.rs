//! The command line: every command and setting, documented and with a default.

use std::{net::SocketAddr, path::PathBuf};

use axum::http::HeaderName;

use clap::{Args, Parser, Subcommand, ValueEnum};
use shared::ids::DocumentId;

mod operation;

pub use self::operation::{LogFormat, Operation};
use crate::{
    http::access::caller::Network,
    limits::{BACKLOGS_MAX, CONNECTIONS_PER_ADDRESS_MAX},
};

/// The relay of Cutline: keeps backlogs that people rank and refine together.
#[derive(Clone, Debug, Parser)]
#[command(name = "cutline", version, propagate_version = true)]
pub struct CommandLine {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the relay can do.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Serve the app and its backlogs until stopped.
    Serve(Box<Settings>),
    /// Write a checked copy of the whole store to a file. The relay may be running.
    Backup {
        #[command(flatten)]
        data: DataFolder,
        /// The new file.
        file: PathBuf,
    },
    /// Put a backup in the place of the store, which is kept under another name. The relay must not be running;
    /// browsers then bring back what is newer than the backup.
    Restore {
        #[command(flatten)]
        data: DataFolder,
        /// The backup.
        file: PathBuf,
    },
    /// Read the whole store and compare everything with its hashes. Changes nothing; the relay may be running.
    Check {
        #[command(flatten)]
        data: DataFolder,
        /// Also repair what is damaged: from snapshots, or by setting it aside until a browser brings it back. The relay
        /// must not be running; make a copy of the folder first.
        #[arg(long)]
        repair: bool,
    },
    /// Show all backlogs: how long and large they are, and how many people have them open. The relay may be running.
    List {
        #[command(flatten)]
        data: DataFolder,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Take a backlog off the relay, after writing it to a file. Browsers that hold it keep it and don't bring it back.
    /// The relay may be running.
    Remove {
        #[command(flatten)]
        data: DataFolder,
        /// The backlog's id, as `cutline list` shows it.
        document: DocumentId,
        /// The new file, which any Automerge tool opens.
        file: PathBuf,
        /// Don't ask.
        #[arg(long)]
        yes: bool,
    },
    /// Let a removed backlog come back from a browser that holds it. The relay may be running.
    Readmit {
        #[command(flatten)]
        data: DataFolder,
        /// The backlog's id.
        document: DocumentId,
    },
    /// Write one backlog to a file that any Automerge tool opens.
    Export {
        #[command(flatten)]
        data: DataFolder,
        /// The backlog's id: what stands after `automerge:` in its address.
        document: DocumentId,
        /// The new file.
        file: PathBuf,
    },
}

/// Where backlogs are kept.
#[derive(Args, Clone, Debug)]
pub struct DataFolder {
    /// The folder with the store. It is made when there is none, and must be on a local disk.
    #[arg(
        long = "data",
        value_name = "DIR",
        env = "CUTLINE_DATA",
        default_value = "./cutline-data"
    )]
    pub folder: PathBuf,
}

/// How the relay serves. The defaults serve this machine alone.
#[derive(Args, Clone, Debug)]
pub struct Settings {
    /// Where backlogs are kept.
    #[command(flatten)]
    pub data: DataFolder,
    /// Where to listen: an address of this machine and a port; port 0 takes a free one. Browsers run the app offline
    /// only from localhost or over https, so put a TLS proxy in front when others are to reach it.
    #[arg(
        long,
        value_name = "ADDR",
        env = "CUTLINE_LISTEN",
        default_value = "127.0.0.1:8080"
    )]
    pub listen: String,
    /// How many connections one address may have; 0 for any number. Raise it when a proxy on another machine stands
    /// before the relay. This machine's own addresses are never counted.
    #[arg(
        long,
        value_name = "N",
        env = "CUTLINE_CONNECTIONS_PER_ADDRESS",
        default_value_t = CONNECTIONS_PER_ADDRESS_MAX
    )]
    pub connections_per_address: usize,
    /// How many backlogs the relay holds at most. Those that it holds already can always be opened.
    #[arg(long, value_name = "N", env = "CUTLINE_BACKLOGS", default_value_t = BACKLOGS_MAX)]
    pub backlogs: u64,
    /// Serve the app from this folder instead of the one in the binary.
    #[arg(long, value_name = "FOLDER", env = "CUTLINE_APP")]
    pub app: Option<PathBuf>,
    /// Let pages of another site connect, such as https://tools.example.org. May be given several times.
    #[arg(
        long,
        value_name = "ORIGIN",
        env = "CUTLINE_ALLOW_ORIGIN",
        value_delimiter = ','
    )]
    pub allow_origin: Vec<String>,
    /// How it is run.
    #[command(flatten)]
    pub operation: Operation,
    /// Who is let in.
    #[command(flatten)]
    pub access: AccessSettings,
}

/// Who is let in. Backlogs are reached by their links, which their owners make in the app; here is who may bring new ones.
#[derive(Args, Clone, Debug, Default)]
pub struct AccessSettings {
    /// Who may put new backlogs on this relay. Without this setting: anyone, if it listens on this machine alone, and
    /// holders of the invitation otherwise.
    #[arg(long, value_name = "WHO", env = "CUTLINE_CREATE")]
    pub create: Option<Create>,
    /// The invitation to put new backlogs on this relay: a text that is hard to guess. People open
    /// https://your.relay/#invite=TEXT once.
    #[arg(
        long,
        value_name = "TEXT",
        env = "CUTLINE_INVITE",
        hide_env_values = true
    )]
    pub invite: Option<String>,
    /// The header in which a proxy in front names who is signed in, such as Remote-User. Others see that name, marked as
    /// verified. Only believed from --trusted-proxy.
    #[arg(long, value_name = "HEADER", env = "CUTLINE_IDENTITY_HEADER")]
    pub identity_header: Option<HeaderName>,
    /// An address or network of proxies whose X-Forwarded-For and identity header are believed, such as 127.0.0.1 or
    /// 10.0.0.0/8. May be given several times.
    #[arg(
        long,
        value_name = "NETWORK",
        env = "CUTLINE_TRUSTED_PROXY",
        value_delimiter = ','
    )]
    pub trusted_proxy: Vec<Network>,
}

/// Who may put new backlogs on a relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Create {
    /// Everybody who reaches it.
    Anyone,
    /// Whoever holds the invitation.
    Invite,
    /// Nobody. Backlogs that are there stay.
    Nobody,
}

impl AccessSettings {
    /// Who may put new backlogs on a relay that listens there.
    #[must_use]
    pub fn create(&self, listen: &str) -> Create {
        self.create.unwrap_or(if listens_here_alone(listen) {
            Create::Anyone
        } else {
            Create::Invite
        })
    }
}

/// Whether nobody but this machine reaches an address.
fn listens_here_alone(listen: &str) -> bool {
    match listen.parse::<SocketAddr>() {
        Ok(address) => address.ip().to_canonical().is_loopback(),
        Err(_) => listen
            .rsplit_once(':')
            .is_some_and(|(host, _)| host.eq_ignore_ascii_case("localhost")),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent_and_documented() {
        CommandLine::command().debug_assert();
        let line = CommandLine::try_parse_from(["cutline", "serve"]).unwrap();
        let Command::Serve(settings) = line.command else {
            panic!("serve is a command");
        };
        assert_eq!(settings.listen, "127.0.0.1:8080");
        assert_eq!(settings.data.folder, PathBuf::from("./cutline-data"));
        for command in CommandLine::command().get_subcommands() {
            assert!(command.get_about().is_some(), "{}", command.get_name());
            for argument in command.get_arguments() {
                assert!(argument.get_help().is_some(), "{}", argument.get_id());
            }
        }
    }

    /// Units, containers and pages name settings as text; one that is misspelt would be passed over in silence.
    #[test]
    fn what_the_examples_set_are_settings() {
        let serve = CommandLine::command();
        let serve = serve.find_subcommand("serve").unwrap();
        let known: Vec<String> = serve
            .get_arguments()
            .filter_map(|argument| Some(argument.get_env()?.to_string_lossy().into_owned()))
            .collect();
        let mut named = 0;
        for text in [
            include_str!("../deploy/cutline.service"),
            include_str!("../deploy/Dockerfile"),
            include_str!("../../docs/hosting.md"),
        ] {
            let words = text.split(|it: char| !(it.is_ascii_uppercase() || it == '_'));
            for name in words.filter(|word| word.starts_with("CUTLINE_")) {
                assert!(known.iter().any(|it| it == name), "{name}");
                named += 1;
            }
        }
        assert!(named > 5, "{named}");
    }

    #[test]
    fn a10_who_may_bring_new_backlogs_depends_on_who_can_reach_the_relay() {
        let settings = AccessSettings::default();
        for here in ["127.0.0.1:8080", "[::1]:0", "localhost:80", "127.8.0.1:1"] {
            assert_eq!(settings.create(here), Create::Anyone, "{here}");
        }
        for everywhere in [
            "0.0.0.0:8080",
            "[::]:80",
            "192.0.2.1:1",
            "relay.example:1",
            "",
        ] {
            assert_eq!(settings.create(everywhere), Create::Invite, "{everywhere}");
        }
        let said = AccessSettings {
            create: Some(Create::Nobody),
            ..AccessSettings::default()
        };
        assert_eq!(said.create("127.0.0.1:8080"), Create::Nobody);
    }

    #[test]
    fn a_mistyped_backlog_is_refused() {
        let typed = ["cutline", "export", "nonsense", "out.automerge"];
        let refused = CommandLine::try_parse_from(typed).unwrap_err();
        assert!(
            refused.to_string().contains("not a valid backlog id"),
            "{refused}"
        );
    }
}
