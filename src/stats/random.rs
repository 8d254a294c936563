//! A small generator for simulations, whose seeds are fixed wherever it is
//! used.

use std::f64::consts::PI;

/// Steele, Lea and Flood's `SplitMix64` (OOPSLA 2014), from its seed.
///
/// The same seed gives the same numbers, on every machine: what a simulation
/// shows once it shows always.
#[derive(Debug, Clone)]
pub struct SplitMix64(pub u64);

impl SplitMix64 {
    /// Any of the 2⁶⁴ whole numbers.
    ///
    /// ```
    /// use speedup::stats::SplitMix64;
    ///
    /// let [mut one, mut other] = [5, 5].map(SplitMix64);
    /// assert_eq!(one.next_u64(), other.next_u64());
    /// assert_ne!(one.next_u64(), one.next_u64());
    /// ```
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Strictly between 0 and 1.
    ///
    /// ```
    /// use speedup::stats::SplitMix64;
    ///
    /// let mut generator = SplitMix64(5);
    /// let mean = (0..1000).map(|_| generator.uniform()).sum::<f64>() / 1000.0;
    /// assert!((mean - 0.5).abs() < 0.05);
    /// ```
    pub fn uniform(&mut self) -> f64 {
        ((self.next_u64() >> 12) as f64 + 0.5) / 2_f64.powi(52)
    }

    /// Standard normal, by Box and Muller (1958).
    ///
    /// ```
    /// use speedup::stats::SplitMix64;
    ///
    /// let mut generator = SplitMix64(5);
    /// let within_one = (0..1000).filter(|_| generator.normal().abs() < 1.0).count();
    /// assert!((630..=730).contains(&within_one)); // 68 %
    /// ```
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * self.uniform().ln()).sqrt();
        radius * (2.0 * PI * self.uniform()).cos()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first values from seed 1234567, as published with the reference
    /// implementation's tests (Vigna, `splitmix64.c`).
    #[test]
    fn it_gives_the_published_values() {
        let mut generator = SplitMix64(1_234_567);
        let found: Vec<u64> = (0..3).map(|_| generator.next_u64()).collect();
        let published = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
        ];
        assert_eq!(found, published);
    }
}
