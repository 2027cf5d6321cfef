"""Fills columns of existing rows in batches, on any database: releases.operations.Backfill."""
