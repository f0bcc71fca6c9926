//! Second factors.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::flaws::Flaws;

/// When a second factor is asked for, and which count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SettingsMfa {
    pub policy: MfaPolicy,
    /// Which factors may be enrolled and used, in the order in which screens offer them.
    pub factors: Vec<MfaFactor>,
    /// Names of roles whose holders need a second factor also where the policy is `optional`: roles of the application, roles within
    /// organizations, and what a member is in one (`owner`, `admin`, `member`).
    pub required_roles: Vec<String>,
    /// For so many days a device that passed once is not asked again, if the person wants that; 0 switches it off.
    pub trusted_device_days: u32,
    /// For so long a proof counts as fresh where something dear is asked for.
    pub step_up_seconds: u32,
    pub attestation: SettingsAttestation,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MfaPolicy {
    /// Nobody is asked, and nobody can enrol.
    Off,
    /// Who has enrolled is asked.
    #[default]
    Optional,
    /// Everyone is asked; who has none enrols before the sign-in is complete.
    Required,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MfaFactor {
    Totp,
    Passkey,
    /// A code by mail.
    Email,
    /// A code by text message.
    Sms,
    RecoveryCode,
}

/// Which passkeys count for the highest assurance level: without attestation a passkey may have been copied.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SettingsAttestation {
    pub mode: AttestationMode,
    /// Models of authenticators (AAGUID), for the mode `listed`.
    #[schemars(with = "Vec<String>")]
    pub aaguids: Vec<Uuid>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AttestationMode {
    /// None: attestation is not asked for, and no passkey reaches level 3.
    #[default]
    Off,
    /// Those whose maker vouches for them.
    AnyAttested,
    /// The same, of these models alone.
    Listed,
}

impl Default for SettingsMfa {
    fn default() -> Self {
        Self {
            policy: MfaPolicy::default(),
            factors: vec![
                MfaFactor::Totp,
                MfaFactor::Passkey,
                MfaFactor::Email,
                MfaFactor::Sms,
                MfaFactor::RecoveryCode,
            ],
            required_roles: Vec::new(),
            trusted_device_days: 30,
            step_up_seconds: 600,
            attestation: SettingsAttestation::default(),
        }
    }
}

impl MfaFactor {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Totp => "totp",
            Self::Passkey => "passkey",
            Self::Email => "email",
            Self::Sms => "sms",
            Self::RecoveryCode => "recovery_code",
        }
    }
}

impl SettingsMfa {
    pub fn allows(&self, factor: MfaFactor) -> bool {
        self.policy != MfaPolicy::Off && self.factors.contains(&factor)
    }

    /// Is everyone, or anyone with one of these roles, to have a second factor?
    pub fn requires<'r>(&self, roles: impl IntoIterator<Item = &'r str>) -> bool {
        match self.policy {
            MfaPolicy::Off => false,
            MfaPolicy::Required => true,
            MfaPolicy::Optional => {
                roles.into_iter().any(|role| self.required_roles.iter().any(|required| required == role))
            }
        }
    }

    /// `None`: devices are not trusted.
    pub fn trusted_device_lifetime(&self) -> Option<Duration> {
        (self.trusted_device_days > 0).then(|| Duration::from_secs(u64::from(self.trusted_device_days) * 86_400))
    }

    pub fn step_up_freshness(&self) -> Duration {
        Duration::from_secs(self.step_up_seconds.into())
    }

    pub(super) fn check(&self, flaws: &mut Flaws) {
        const MAX_ROLES: usize = 100;
        const MAX_ROLE_BYTES: usize = 100;
        flaws.once("factors", &self.factors);
        // Recovery codes are what is left when the others are lost: alone they would be a second password that runs out.
        let can_enrol = self.factors.iter().any(|factor| *factor != MfaFactor::RecoveryCode);
        if self.policy != MfaPolicy::Off && !can_enrol {
            flaws.add("factors", "required", "At least one besides recovery codes, or the policy off.");
        }
        flaws.at_most("required_roles", self.required_roles.len(), MAX_ROLES);
        flaws.once("required_roles", &self.required_roles);
        for (index, role) in self.required_roles.iter().enumerate().take(MAX_ROLES) {
            if role.is_empty() || role.len() > MAX_ROLE_BYTES || role.chars().any(char::is_control) {
                flaws.add(format!("required_roles.{index}"), "invalid", "The name of a role.");
            }
        }
        if self.policy == MfaPolicy::Off && !self.required_roles.is_empty() {
            flaws.add("required_roles", "contradiction", "With the policy off nobody can enrol.");
        }
        flaws.within("trusted_device_days", self.trusted_device_days, 0..=365);
        flaws.within("step_up_seconds", self.step_up_seconds, 30..=86_400);
        flaws.part("attestation", |flaws| self.attestation.check(flaws));
    }
}

impl SettingsAttestation {
    /// Must a passkey come with an attestation?
    pub fn is_asked(&self) -> bool {
        self.mode != AttestationMode::Off
    }

    /// Does an attested passkey of this model count for level 3?
    pub fn accepts(&self, aaguid: Uuid) -> bool {
        match self.mode {
            AttestationMode::Off => false,
            AttestationMode::AnyAttested => true,
            AttestationMode::Listed => self.aaguids.contains(&aaguid),
        }
    }

    fn check(&self, flaws: &mut Flaws) {
        flaws.at_most("aaguids", self.aaguids.len(), 200);
        flaws.once("aaguids", &self.aaguids);
        if self.mode == AttestationMode::Listed && self.aaguids.is_empty() {
            flaws.add("aaguids", "required", "The mode `listed` needs at least one model.");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_and_the_roles_decide_who_needs_a_second_factor() {
        let mfa = |policy| SettingsMfa { policy, required_roles: vec!["admin".into()], ..SettingsMfa::default() };
        for (policy, roles, is_required) in [
            (MfaPolicy::Off, vec!["admin"], false),
            (MfaPolicy::Optional, vec![], false),
            (MfaPolicy::Optional, vec!["viewer"], false),
            (MfaPolicy::Optional, vec!["viewer", "admin"], true),
            (MfaPolicy::Required, vec![], true),
        ] {
            assert_eq!(mfa(policy).requires(roles.iter().copied()), is_required, "{policy:?} {roles:?}");
        }
        assert!(!mfa(MfaPolicy::Off).allows(MfaFactor::Totp) && mfa(MfaPolicy::Optional).allows(MfaFactor::Totp));
    }

    #[test]
    fn models_are_accepted_as_the_mode_says() {
        let (listed, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let of = |mode| SettingsAttestation { mode, aaguids: vec![listed] };
        assert!(!of(AttestationMode::Off).accepts(listed));
        assert!(of(AttestationMode::AnyAttested).accepts(other));
        assert!(of(AttestationMode::Listed).accepts(listed) && !of(AttestationMode::Listed).accepts(other));
    }

    #[test]
    fn no_days_is_no_trust() {
        let days = |trusted_device_days| SettingsMfa { trusted_device_days, ..SettingsMfa::default() };
        assert_eq!(days(0).trusted_device_lifetime(), None);
        assert_eq!(days(1).trusted_device_lifetime(), Some(Duration::from_hours(24)));
    }
}
