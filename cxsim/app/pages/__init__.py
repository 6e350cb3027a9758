"""The pages of the app, one module each; ``cxsim.app.main`` lists them."""
