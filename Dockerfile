FROM python:3.13-slim-trixie AS build

ENV PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_ROOT_USER_ACTION=ignore

WORKDIR /src
RUN python -m venv /opt/jodo
COPY requirements.lock ./
RUN /opt/jodo/bin/pip install --require-hashes -r requirements.lock

# The build takes both folders into the package, so they have to be there first.
COPY schemas schemas/
COPY scenarios scenarios/
COPY pyproject.toml README.md LICENSE ./
COPY mockserver mockserver/
RUN /opt/jodo/bin/pip install --no-deps .


FROM python:3.13-slim-trixie

# A fixed number, so that the owner of a mounted state file can be set from outside.
RUN groupadd --gid 10001 jodo \
 && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin jodo \
 && mkdir /data \
 && chown 10001:10001 /data

COPY --from=build /opt/jodo /opt/jodo

ENV PATH=/opt/jodo/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    JODO_MOCK_HOST=0.0.0.0

WORKDIR /data
USER 10001:10001
EXPOSE 8080

HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 CMD ["jodo-mock", "ready"]
ENTRYPOINT ["jodo-mock"]
CMD ["serve"]
