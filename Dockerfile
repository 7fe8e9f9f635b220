# One image for the API, the worker, the migration and the S3 storage; docker-compose.yml says what each runs.
FROM python:3.11-slim AS packages
COPY requirements/runtime.txt /requirements/
RUN python -m venv /venv \
 && /venv/bin/python -m pip install --no-cache-dir --require-hashes -r /requirements/runtime.txt

FROM python:3.11-slim
# Not root: PostgreSQL and common sense want it. /data holds the keys, /storage the objects.
RUN useradd --system --uid 10001 --create-home fieldproof \
 && install -d -o fieldproof -g fieldproof /data /storage
COPY --from=packages /venv /venv
COPY mobile_contract /app/mobile_contract
COPY server /app/server
COPY scripts/fieldproof /venv/bin/fieldproof
ENV PATH=/venv/bin:$PATH PYTHONPATH=/app PYTHONUNBUFFERED=1 FIELDPROOF_DATA=/data FIELDPROOF_HOST=0.0.0.0
USER fieldproof
WORKDIR /app
EXPOSE 8080
ENTRYPOINT ["fieldproof"]
CMD ["serve"]
