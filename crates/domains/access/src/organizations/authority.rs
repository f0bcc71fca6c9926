//! What members may do with their organization. Pure: the one place that decides.

use identity::holdings::Rank;

/// Something that is done with an organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// Look at it, and at who is in it.
    See,
    /// Look at how members can be reached.
    SeeAddresses,
    /// Change its name, slug, logo or public metadata.
    Change,
    /// Change what it asks of its members' sign-ins.
    Secure,
    Delete,
    /// Add somebody who is to be this.
    Add(Rank),
    /// Make this of somebody who is that.
    Promote {
        from: Rank,
        to: Rank,
    },
    /// Remove somebody who is this.
    Remove(Rank),
    /// Leave.
    Leave,
}

/// May a member of this rank do it? Nobody touches who stands above them, and nobody makes anybody more than they are.
pub(crate) fn may(rank: Rank, act: Act) -> bool {
    match act {
        Act::See | Act::Leave => true,
        Act::SeeAddresses | Act::Change => rank >= Rank::Admin,
        Act::Secure | Act::Delete => rank == Rank::Owner,
        Act::Add(other) | Act::Remove(other) => rank >= Rank::Admin && other <= rank,
        Act::Promote { from, to } => rank >= Rank::Admin && from <= rank && to <= rank,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Rank::{Admin, Member, Owner};

    #[test]
    fn each_rank_may_do_what_the_table_says() {
        for (act, ranks) in [
            (Act::See, &[Member, Admin, Owner][..]),
            (Act::Leave, &[Member, Admin, Owner]),
            (Act::SeeAddresses, &[Admin, Owner]),
            (Act::Change, &[Admin, Owner]),
            (Act::Secure, &[Owner]),
            (Act::Delete, &[Owner]),
            (Act::Add(Member), &[Admin, Owner]),
            (Act::Add(Admin), &[Admin, Owner]),
            (Act::Add(Owner), &[Owner]),
            (Act::Remove(Member), &[Admin, Owner]),
            (Act::Remove(Admin), &[Admin, Owner]),
            (Act::Remove(Owner), &[Owner]),
            (Act::Promote { from: Member, to: Admin }, &[Admin, Owner]),
            (Act::Promote { from: Admin, to: Member }, &[Admin, Owner]),
            (Act::Promote { from: Member, to: Owner }, &[Owner]),
            (Act::Promote { from: Owner, to: Member }, &[Owner]),
        ] {
            for rank in Rank::ALL {
                assert_eq!(may(rank, act), ranks.contains(&rank), "{rank:?} {act:?}");
            }
        }
    }
}
