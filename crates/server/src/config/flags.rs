//! The keys as flags of the command line.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Command, Error, FromArgMatches, builder::PathBufValueParser};

use super::{Config, ConfigError, DefaultText, Flags, KEYS, Key, Values};

/// What opening the database needs; commands beside `serve` show these flags only.
const OF_THE_STORE: [&str; 6] = ["data", "store", "master_key_file", "durability", "postgres_pool", "log_level"];

/// Every key.
#[derive(Clone, Debug, Default)]
pub struct ServeFlags(pub Flags);

/// The keys of [`OF_THE_STORE`].
#[derive(Clone, Debug, Default)]
pub struct StoreFlags(pub Flags);

macro_rules! flags {
    ($name:ident, $takes:expr) => {
        impl $name {
            /// The settings from these flags, the environment and the file.
            pub fn config(&self) -> Result<Config, ConfigError> {
                Config::read(&self.values()?)
            }

            /// The texts behind [`Self::config`].
            pub fn values(&self) -> Result<Values, ConfigError> {
                Values::collect(KEYS, &self.0, std::env::vars_os())
            }
        }
        impl clap::Args for $name {
            fn augment_args(command: Command) -> Command {
                augment(command, $takes)
            }
            fn augment_args_for_update(command: Command) -> Command {
                augment(command, $takes)
            }
        }
        impl FromArgMatches for $name {
            fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
                Ok(Self(taken(matches)))
            }
            fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
                self.0 = taken(matches);
                Ok(())
            }
        }
    };
}

flags!(ServeFlags, |_| true);
flags!(StoreFlags, |key| OF_THE_STORE.contains(&key.name));

fn augment(command: Command, takes: fn(&Key) -> bool) -> Command {
    let file = Arg::new("config")
        .long("config")
        .value_name("FILE")
        .value_parser(PathBufValueParser::new())
        .help("A TOML file of settings [env: PORTCULLIS_CONFIG]");
    KEYS.iter().filter(|key| takes(key)).filter_map(flag).fold(command.arg(file), Command::arg)
}

fn flag(key: &'static Key) -> Option<Arg> {
    let default = match key.default {
        DefaultText::Value("") => "none",
        DefaultText::Value(text) | DefaultText::Words(text) => text,
    };
    let help = format!("{} [env: {}] [default: {}]", key.summary(), key.variable(), default.replace('`', ""));
    let arg = Arg::new(key.name).long(key.flag()?).help(help.replace('`', "")).action(ArgAction::Set);
    Some(if key.kind == "boolean" {
        arg.num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true")
            .value_name("BOOLEAN")
            .hide_possible_values(true)
    } else {
        arg.value_name(key.kind.to_uppercase()).allow_hyphen_values(true)
    })
}

/// The texts as given: they are parsed where those of the other sources are.
fn taken(matches: &ArgMatches) -> Flags {
    let value = |key: &Key| matches.try_get_one::<String>(key.name).ok().flatten().cloned();
    Flags {
        file: matches.get_one::<PathBuf>("config").cloned(),
        values: KEYS.iter().filter_map(|key| Some((key.name, value(key)?))).collect(),
    }
}
