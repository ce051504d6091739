"""Work that outlives a click: durable workflows, and the leases that let one worker take over from another."""
