"""What the pytest plugin is made of; :mod:`mockserver.pytest_plugin` imports it when it is first needed."""
