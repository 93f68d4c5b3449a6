//! Sets of inputs, a bit for each: what every row of a code is computed from, found in one pass.

/// Sets of numbers below some limit.
pub(super) struct Bits {
    /// How many words a set takes.
    words: usize,
    bits: Vec<u64>,
}

/// Sets of more words together are not made: a quarter of a gigabyte.
const MOST_WORDS: usize = 1 << 25;

impl Bits {
    /// So many empty sets of numbers below `limit`, unless they would take too much memory.
    pub(super) fn new(sets: usize, limit: usize) -> Option<Bits> {
        let words = limit.div_ceil(64);
        let all = sets.checked_mul(words).filter(|all| *all <= MOST_WORDS)?;
        Some(Bits { words, bits: vec![0; all] })
    }

    fn set(&self, set: usize) -> &[u64] {
        &self.bits[set * self.words..][..self.words]
    }

    pub(super) fn insert(&mut self, set: usize, member: u32) {
        self.bits[set * self.words + member as usize / 64] |= 1 << (member % 64);
    }

    /// Adds the members of a set that stands before it.
    pub(super) fn take_from(&mut self, set: usize, before: usize) {
        let (front, own) = self.bits.split_at_mut(set * self.words);
        unite(&mut own[..self.words], &front[before * self.words..][..self.words]);
    }

    /// Adds the members of a set of others.
    pub(super) fn take(&mut self, set: usize, others: &Bits, other: usize) {
        unite(&mut self.bits[set * self.words..][..self.words], others.set(other));
    }

    /// In ascending order.
    pub(super) fn members(&self, set: usize) -> impl Iterator<Item = u32> + '_ {
        let words = (0..).zip(self.set(set)).filter(|(_, word)| **word != 0);
        words
            .flat_map(|(place, &word)| (0..64).filter(move |bit| word >> bit & 1 != 0).map(move |bit| 64 * place + bit))
    }
}

fn unite(own: &mut [u64], others: &[u64]) {
    own.iter_mut().zip(others).for_each(|(own, other)| *own |= other);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_united() {
        let mut bits = Bits::new(3, 130).unwrap();
        [0, 63, 64, 129].into_iter().for_each(|member| bits.insert(0, member));
        bits.insert(1, 5);
        bits.take_from(2, 0);
        bits.take_from(2, 1);
        assert_eq!(bits.members(2).collect::<Vec<_>>(), [0, 5, 63, 64, 129]);
        let mut others = Bits::new(1, 130).unwrap();
        others.take(0, &bits, 1);
        assert_eq!(others.members(0).collect::<Vec<_>>(), [5]);
        assert!(Bits::new(usize::MAX, 130).is_none() && Bits::new(1 << 25, 65).is_none());
    }
}
