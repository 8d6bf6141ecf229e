"""What outcomes depend on: inputs, designs, indices, and the evidence behind the numbers."""
