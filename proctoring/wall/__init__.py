"""The live wall: exceptions only, ranked by the seats they cost; best effort, never the record."""
