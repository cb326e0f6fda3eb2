"""What is studied: weight matrices and the networks made of them."""
