"""From a built site to editions that readers see: kept, flipped, taken back, sent on, told of."""
