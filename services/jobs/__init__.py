"""Jobs: work that takes longer than a click. It goes on without the browser, shows progress, and can be stopped."""
